"""Reading single files of the lists. Every complaint names the file and the line."""

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from catalogue.entries import Basis, Clause, Department, Fact, Matter, Place, Unit
from catalogue.errors import InputError
from catalogue.marks import unmark

CLAUSE_KEYS = {
    *("id", "matter", "when", "region", "lead", "co", "fallback", "level", "status", "basis", "candidates", "ask"),
    *("practice", "note", "in_force_from", "in_force_until"),
}


@dataclass(frozen=True)
class Exemplar:
    """What a caller says about a matter; `facts` are the deciding facts the words show.

    `slots` are (start, end) of the form's fields in `text`, `urgent` whether people are in danger: None where nobody said.
    """

    matter: str
    facts: Mapping[str, str]
    nature: str
    tone: str
    text: str
    where: str
    slots: Mapping[str, tuple[int, int]] | None = None
    urgent: bool | None = None


def rows(path: Path) -> list[dict[str, str]]:
    """Rows of a CSV file with a header; a row of the wrong width is an error with its line."""
    with path.open(encoding="utf-8-sig", newline="") as source:
        reader = csv.reader(source)
        header = next(reader)
        out = []
        for row in reader:
            if len(row) != len(header):
                raise InputError(
                    "catalogue.csv", f"{path.name} 第 {reader.line_num} 行应有 {len(header)} 列，实有 {len(row)} 列"
                )
            out.append(dict(zip(header, row, strict=True)))
    return out


def read_facts(path: Path) -> dict[str, Fact]:
    """The closed vocabulary of deciding facts."""
    with path.open(encoding="utf-8") as source:
        raw = yaml.load(source, Loader=yaml.CSafeLoader)
    return {key: _fact(key, entry) for key, entry in raw.items()}


def _fact(key: str, entry: dict) -> Fact:
    values = {_word(value): label for value, label in entry["values"].items()}
    try:
        cues = {_word(value): tuple(map(re.compile, found)) for value, found in (entry.get("cues") or {}).items()}
    except re.error as error:
        raise InputError(
            "catalogue.cue", f"facts.yaml 的 {key}：线索「{error.pattern}」不是合法的正则：{error}"
        ) from None
    flags = {flag: bool(entry.get(flag)) for flag in ("trusted", "first")}
    return Fact(id=key, name=entry["name"], question=entry["question"], values=values, cues=cues, **flags)


def _word(value: object) -> str:
    """YAML reads bare yes and no as truth values; facts mean the words."""
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def read_clauses(path: Path) -> Iterable[Clause]:
    """Clauses of one file, each with the line it starts on."""
    try:
        # The plainest loader leaves every scalar the text it is: three times faster, and `yes` stays a word.
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.CBaseLoader)
    except yaml.YAMLError as error:
        raise InputError("catalogue.yaml", f"{path.name} 不是合法的 YAML：{error}") from None
    for node in root.value if root else ():
        where = f"duties/{path.name}:{node.start_mark.line + 1}"
        yield _clause(_plain(node), where)


def _plain(node: yaml.Node) -> Any:
    """A YAML node as lists, mappings and texts."""
    if isinstance(node, yaml.ScalarNode):
        return node.value
    if isinstance(node, yaml.SequenceNode):
        return [_plain(child) for child in node.value]
    return {key.value: _plain(value) for key, value in node.value}


def _clause(entry: Any, where: str) -> Clause:
    unknown = set(entry) - CLAUSE_KEYS if isinstance(entry, dict) else {str(entry)}
    if unknown or not {"id", "matter", "lead"} <= set(entry):
        raise InputError(
            "catalogue.clause", f"{where} 条款缺少 id、matter、lead，或有不认识的键：{'、'.join(sorted(unknown))}"
        )
    when = {fact: _values(value) for fact, value in (entry.get("when") or {}).items()}
    lists = {key: tuple(entry.get(key) or ()) for key in ("co", "candidates", "ask")}
    plain = {key: entry[key] for key in ("region", "fallback", "level", "status", "note") if entry.get(key)}
    dates = {key: _date(entry.get(key), where) for key in ("in_force_from", "in_force_until")}
    try:
        basis = tuple(Basis(**item) for item in entry.get("basis") or ())
    except TypeError as error:
        raise InputError("catalogue.basis", f"{where} 依据写法有误：{error}") from None
    return Clause(
        id=entry["id"], matter=entry["matter"], lead=entry["lead"], when=when, basis=basis, where=where,
        practice=entry.get("practice") == "true", **lists, **plain, **dates,
    )  # fmt: skip


def _values(value: str | list[str]) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, list) else (value,)


def _date(value: str | None, where: str) -> date | None:
    if not value:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise InputError("catalogue.date", f"{where} 日期「{value}」应写作 2026-01-31") from None


def department(row: Mapping[str, str]) -> Department:
    return Department(row["code"], row["name"], row["short_name"], row["kind"], row["county_branch"] == "是")


def unit(row: Mapping[str, str]) -> Unit:
    return Unit(row["code"], row["name"], row["department"], row["region"] or None, row["parent"] or None)


def matters(folder: Path) -> dict[str, Matter]:
    """The standard's matters and, behind each, the city's own."""
    found = enumerate(rows(folder / "matters.csv"), start=2)
    standard = {row["code"]: _matter(row, f"matters.csv:{number}") for number, row in found}
    city: dict[str, list[Matter]] = defaultdict(list)
    for path in sorted((folder / "matters").glob("*.csv")):
        for number, row in enumerate(rows(path), start=2):
            parent = standard.get(row["code"][:6])
            if parent is None or len(row["code"]) != 8:
                raise InputError(
                    "catalogue.matter",
                    f"matters/{path.name} 第 {number} 行：事项「{row['code']}」应是标准事项代码加两位",
                )
            city[parent.code].append(_city_matter(row, parent, f"matters/{path.name}:{number}"))
    return {matter.code: matter for parent in standard.values() for matter in (parent, *city[parent.code])}


def _matter(row: Mapping[str, str], where: str) -> Matter:
    return Matter(
        code=row["code"],
        name=row["name"],
        level1_name=row["level1"],
        level2_name=row["level2"],
        definition=row["definition"],
        nature=row["nature"],
        urgency=row["urgency"],
        place=row["place"],
        where=where,
    )


def _city_matter(row: Mapping[str, str], parent: Matter, where: str) -> Matter:
    return replace(
        parent,
        code=row["code"],
        name=row["name"],
        definition=row["definition"],
        nature=row["nature"],
        urgency=row["urgency"],
        place=row["place"],
        excludes=row["excludes"],
        names=words(row["names"]),
        keywords=words(row["keywords"]),
        when=conditions(row["when"]),
        where=where,
    )


def words(cell: str) -> tuple[str, ...]:
    """A cell that lists several things, parted by the Chinese semicolon."""
    return tuple(filter(None, (word.strip() for word in cell.split("；"))))


def conditions(cell: str) -> dict[str, tuple[str, ...]]:
    """Conditions written `fact=value/value；fact=value`."""
    pairs = (pair.split("=", 1) for pair in words(cell))
    return {fact.strip(): tuple(values.strip().split("/")) for fact, values in pairs}


def condition_text(when: Mapping[str, Sequence[str]]) -> str:
    """Conditions as `conditions` reads them."""
    return "；".join(f"{fact}={'/'.join(values)}" for fact, values in when.items())


def places(folder: Path) -> Iterable[Place]:
    """Gazetteer entries, aliases spelled out as entries of their own."""
    for row in rows(folder / "places.csv"):
        for name in (row["name"], *filter(None, row["aliases"].split("；"))):
            yield Place(name, row["kind"], row["region"] or None, row["town"] or None)


def exemplars(path: Path) -> Iterable[Exemplar]:
    """Rows of an exemplar file; one with the sixth column `urgent` holds whole tickets, their fields marked."""
    with path.open(encoding="utf-8") as source:
        columns = len(next(source).rstrip("\n").split("\t"))
        for number, line in enumerate(source, start=2):
            where = f"exemplars/{path.name}:{number}"
            parts = line.rstrip("\n").split("\t")
            if len(parts) != columns:
                raise InputError("catalogue.exemplar", f"{where} 应有 {columns} 列，实有 {len(parts)} 列")
            matter, facts, nature, tone, text, *urgent = parts
            pairs = dict(pair.split("=", 1) for pair in facts.split(";") if "=" in pair)
            if not urgent:
                yield Exemplar(matter, pairs, nature, tone, text, where)
                continue
            bare, slots = unmark(text)
            yield Exemplar(matter, pairs, nature, tone, bare, where, slots, urgent[0] == "急")
