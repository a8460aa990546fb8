"""What changed between two versions of the lists, in words a dispatcher reads."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from catalogue.entries import Clause, Matter
from catalogue.loading import Catalogue
from catalogue.sheets import CLAUSE_COLUMNS, MATTER_COLUMNS, Column
from catalogue.wording import condition_words
from catalogue.writing import own_conditions

SHOWN_ALREADY = ("事项编码", "条款编号", "三级事项")


@dataclass(frozen=True)
class Change:
    """One change: `kind` added, removed or changed, of a matter or a clause (`of`), by its code, in words."""

    kind: str
    of: str
    code: str
    text: str


def compare(old: Catalogue, new: Catalogue) -> list[Change]:
    """All changes of matters and clauses, in the order of the codes."""
    return [*_matters(old, new), *_clauses(old, new)]


def _matters(old: Catalogue, new: Catalogue) -> Iterator[Change]:
    for code in sorted(old.matters.keys() | new.matters.keys()):
        before, after = old.matters.get(code), new.matters.get(code)
        if before is None:
            yield Change("added", "matter", code, f"新增事项 {code} {after.name}：{after.definition}")
        elif after is None:
            yield Change("removed", "matter", code, f"删除事项 {code} {before.name}")
        elif before != after:
            for text in _differences(MATTER_COLUMNS, old, before, new, after):
                yield Change("changed", "matter", code, f"事项 {code} {after.name}：{text}")


def _clauses(old: Catalogue, new: Catalogue) -> Iterator[Change]:
    for identity in sorted(old.by_id.keys() | new.by_id.keys()):
        before, after = old.by_id.get(identity), new.by_id.get(identity)
        if before is None:
            words = f"新增条款 {_title(new, after)}，由{new.short(after.lead)}主办"
            yield Change("added", "clause", identity, words)
        elif after is None:
            yield Change(
                "removed", "clause", identity, f"删除条款 {_title(old, before)}（原由{old.short(before.lead)}主办）"
            )
        elif before != after:
            for text in _differences(CLAUSE_COLUMNS, old, before, new, after):
                yield Change("changed", "clause", identity, f"条款 {_title(new, after)}：{text}")


def _title(catalogue: Catalogue, clause: Clause) -> str:
    """040201-2「噪声污染」噪声来源=建筑施工."""
    matter = catalogue.matters.get(clause.matter)
    when = condition_words(catalogue, own_conditions(clause, catalogue.matters))
    return f"{clause.id}「{matter.name if matter else clause.matter}」{when}"


def _differences(
    columns: tuple[Column, ...], old: Catalogue, before: Matter | Clause, new: Catalogue, after: Matter | Clause
) -> Iterator[str]:
    for column in columns:
        was, now = column.write(old, before), column.write(new, after)
        if was != now and column.heading not in SHOWN_ALREADY:
            yield f"{column.heading}由「{was or '空'}」改为「{now or '空'}」".replace("\n", " ")


def counts(changes: list[Change]) -> Mapping[str, Any]:
    """How many of each kind, for a summary line."""
    words = {"added": "新增", "removed": "删除", "changed": "修改"}
    out: dict[str, int] = {}
    for change in changes:
        key = f"{words[change.kind]}{'事项' if change.of == 'matter' else '条款'}"
        out[key] = out.get(key, 0) + 1
    return out
