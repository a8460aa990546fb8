"""Writing the two lists back to their files, in one style, so that a change shows as few lines of difference."""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

import yaml

from catalogue.entries import Basis, Clause, Matter
from catalogue.files import condition_text

STANDARD_COLUMNS = ("code", "name", "level2", "level1", "definition", "nature", "urgency", "place")
CITY_COLUMNS = (
    *("code", "name", "definition", "excludes", "names", "when", "nature", "urgency", "place", "keywords"),
)  # fmt: skip


def write_lists(folder: Path, matters: Mapping[str, Matter], clauses: Iterable[Clause]) -> None:
    """Write `matters.csv`, `matters/NN.csv` and `duties/NN.yaml`; files of branches that are no more are removed."""
    texts = {"matters.csv": _csv(STANDARD_COLUMNS, (_standard(m) for m in matters.values() if m.level == 3))}
    for branch, found in _branches((m for m in matters.values() if m.level == 4), lambda m: m.code).items():
        texts[f"matters/{branch}.csv"] = _csv(CITY_COLUMNS, map(_city, found))
    for branch, found in _branches(clauses, lambda c: c.matter).items():
        words = "".join(clause_text(clause, matters) for clause in found)
        texts[f"duties/{branch}.yaml"] = f"# 职责条款，一级类 {branch}\n{words}"
    for path in (*(folder / "matters").glob("*.csv"), *(folder / "duties").glob("*.yaml")):
        if f"{path.parent.name}/{path.name}" not in texts:
            path.unlink()
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")


def _branches(entries: Iterable, code) -> dict[str, list]:
    out = defaultdict(list)
    for entry in entries:
        out[code(entry)[:2]].append(entry)
    return out


def _csv(columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return buffer.getvalue()


def _standard(m: Matter) -> tuple[str, ...]:
    return (m.code, m.name, m.level2_name, m.level1_name, m.definition, m.nature, m.urgency, m.place)


def _city(m: Matter) -> tuple[str, ...]:
    lists = ("；".join(m.names), condition_text(m.when))
    return (m.code, m.name, m.definition, m.excludes, *lists, m.nature, m.urgency, m.place, "；".join(m.keywords))


def own_conditions(clause: Clause, matters: Mapping[str, Matter]) -> dict[str, tuple[str, ...]]:
    """The conditions a clause adds to those that its matter already stands for."""
    matter = matters.get(clause.matter)
    implied = matter.when if matter else {}
    return {fact: values for fact, values in clause.when.items() if implied.get(fact) != values}


def clause_text(clause: Clause, matters: Mapping[str, Matter]) -> str:
    """A clause as `duties/*.yaml` holds it."""
    when = {fact: _one_or_list(values) for fact, values in own_conditions(clause, matters).items()}
    entry = {
        "matter": clause.matter,
        "when": when,
        "region": clause.region,
        "lead": clause.lead,
        "co": list(clause.co),
        "fallback": clause.fallback,
        "level": clause.level,
        "status": clause.status,
        "practice": clause.practice,
        "candidates": list(clause.candidates),
        "ask": list(clause.ask),
        "note": clause.note,
        "in_force_from": clause.in_force_from,
        "in_force_until": clause.in_force_until,
    }
    lines = [f"- id: {clause.id}"]
    lines += [f"  {key}: {_flow(value)}" for key, value in entry.items() if value]
    lines += ["  basis:", *(f"    - {_flow(_basis(item))}" for item in clause.basis)] if clause.basis else []
    return "\n".join(lines) + "\n"


def _one_or_list(values: tuple[str, ...]) -> str | list[str]:
    return values[0] if len(values) == 1 else list(values)


def _basis(item: Basis) -> dict[str, str]:
    parts = {"law": item.law, "article": item.article, "duty": item.duty, "resolution": item.resolution}
    return {**{key: value for key, value in parts.items() if value}, "grade": item.grade}


def _flow(value: object) -> str:
    text = yaml.dump(
        value, Dumper=yaml.CSafeDumper, default_flow_style=True, allow_unicode=True, width=10_000, sort_keys=False
    )
    return text.removesuffix("\n").removesuffix("\n...")
