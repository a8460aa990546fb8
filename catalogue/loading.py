"""Reading the lists from their files. Every complaint names the file and the line."""

import csv
import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path

import yaml

from catalogue.entries import Basis, Clause, Department, Fact, Matter, Place, Unit
from catalogue.errors import InputError
from catalogue.gazetteer import Gazetteer

FOLDER = Path(__file__).parent
CLAUSE_KEYS = {
    *("id", "matter", "when", "region", "lead", "co", "fallback", "level", "status", "basis", "candidates", "ask"),
    *("practice", "note", "in_force_from", "in_force_until"),
}


@dataclass(frozen=True)
class Exemplar:
    """What a caller says about a matter; `facts` are the deciding facts the words show."""

    matter: str
    facts: Mapping[str, str]
    nature: str
    tone: str
    text: str
    where: str


@dataclass(frozen=True)
class Catalogue:
    """The two lists with all they rest on; read-only, shared by all."""

    folder: Path
    departments: Mapping[str, Department]
    units: Mapping[str, Unit]
    matters: Mapping[str, Matter]
    facts: Mapping[str, Fact]
    laws: Mapping[str, str]
    regions: Mapping[str, str]
    places: tuple[Place, ...]
    clauses: tuple[Clause, ...]

    @cached_property
    def by_matter(self) -> Mapping[str, tuple[Clause, ...]]:
        """Clauses of each matter, in file order."""
        out = defaultdict(list)
        for clause in self.clauses:
            out[clause.matter].append(clause)
        return {matter: tuple(clauses) for matter, clauses in out.items()}

    @cached_property
    def by_id(self) -> Mapping[str, Clause]:
        """Clauses by id."""
        return {clause.id: clause for clause in self.clauses}

    @cached_property
    def hanging(self) -> Mapping[str, frozenset[str]]:
        """For each deciding fact the matters with a clause that hangs on it."""
        out = defaultdict(set)
        for clause in self.clauses:
            for fact in clause.when:
                out[fact].add(clause.matter)
        return {fact: frozenset(matters) for fact, matters in out.items()}

    @cached_property
    def gazetteer(self) -> Gazetteer:
        """The finder of place names."""
        return Gazetteer(self.places)

    @cached_property
    def version(self) -> str:
        """Twelve hex digits over the files that decide, exemplars left out."""
        digest = hashlib.sha256()
        for path in sorted(p for p in self.folder.rglob("*") if p.suffix in (".csv", ".yaml")):
            digest.update(path.name.encode() + path.read_bytes())
        return digest.hexdigest()[:12]

    def exemplars(self) -> list[Exemplar]:
        """All exemplars, in file order."""
        return [row for path in sorted((self.folder / "exemplars").glob("*.tsv")) for row in _exemplars(path)]

    def unit(self, department: str, region: str | None) -> Unit | None:
        """The unit of a department that works in a region: the county's branch, else the city's own."""
        return self.units.get(f"{department}-{region}") or self.units.get(department)

    def short(self, department: str) -> str:
        """Short name of a department, the code itself where unknown."""
        found = self.departments.get(department)
        return found.short_name if found else department


@lru_cache(maxsize=4)
def load(folder: Path = FOLDER) -> Catalogue:
    """Read every list of a folder; raises `InputError` on the first line that cannot be read."""
    departments = {row["code"]: _department(row) for row in rows(folder / "departments.csv")}
    units = {row["code"]: _unit(row) for row in rows(folder / "units.csv")}
    return Catalogue(
        folder=folder,
        departments=departments,
        units=units,
        matters={row["code"]: _matter(row) for row in rows(folder / "matters.csv")},
        facts=read_facts(folder / "facts.yaml"),
        laws={row["law"]: row["full_name"] for row in rows(folder / "laws.csv")},
        regions={row["code"]: row["name"] for row in rows(folder / "regions.csv")},
        places=tuple(_places(folder)),
        clauses=tuple(c for path in sorted((folder / "duties").glob("*.yaml")) for c in read_clauses(path)),
    )


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
    trusted = bool(entry.get("trusted"))
    return Fact(id=key, name=entry["name"], question=entry["question"], values=values, cues=cues, trusted=trusted)


def _word(value: object) -> str:
    """YAML reads bare yes and no as truth values; facts mean the words."""
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def read_clauses(path: Path) -> Iterable[Clause]:
    """Clauses of one file, each with the line it starts on."""
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        raise InputError("catalogue.yaml", f"{path.name} 不是合法的 YAML：{error}") from None
    loader = yaml.CSafeLoader("")
    for node in root.value if root else ():
        where = f"duties/{path.name}:{node.start_mark.line + 1}"
        yield _clause(loader.construct_document(node), where)


def _clause(entry: dict, where: str) -> Clause:
    unknown = set(entry) - CLAUSE_KEYS
    if unknown or not {"id", "matter", "lead"} <= set(entry):
        raise InputError(
            "catalogue.clause", f"{where} 条款缺少 id、matter、lead，或有不认识的键：{'、'.join(sorted(unknown))}"
        )
    when = {fact: _values(value) for fact, value in (entry.get("when") or {}).items()}
    lists = {key: tuple(entry.get(key) or ()) for key in ("co", "candidates", "ask")}
    plain = {key: entry[key] for key in ("region", "fallback", "level", "status", "practice", "note") if entry.get(key)}
    dates = {key: _date(entry.get(key), where) for key in ("in_force_from", "in_force_until")}
    try:
        basis = tuple(Basis(**item) for item in entry.get("basis") or ())
    except TypeError as error:
        raise InputError("catalogue.basis", f"{where} 依据写法有误：{error}") from None
    return Clause(
        id=str(entry["id"]), matter=str(entry["matter"]), lead=entry["lead"], when=when, basis=basis, where=where,
        **lists, **plain, **dates,
    )  # fmt: skip


def _values(value: object) -> tuple[str, ...]:
    return tuple(map(_word, value)) if isinstance(value, list) else (_word(value),)


def _date(value: object, where: str) -> date | None:
    if value is None or isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise InputError("catalogue.date", f"{where} 日期「{value}」应写作 2026-01-31") from None


def _department(row: Mapping[str, str]) -> Department:
    return Department(row["code"], row["name"], row["short_name"], row["kind"], row["county_branch"] == "是")


def _unit(row: Mapping[str, str]) -> Unit:
    return Unit(row["code"], row["name"], row["department"], row["region"] or None, row["parent"] or None)


def _matter(row: Mapping[str, str]) -> Matter:
    return Matter(
        code=row["code"],
        name=row["name"],
        level1_name=row["level1"],
        level2_name=row["level2"],
        definition=row["definition"],
        nature=row["nature"],
        urgency=row["urgency"],
        place=row["place"],
    )


def _places(folder: Path) -> Iterable[Place]:
    """Gazetteer entries, aliases spelled out as entries of their own."""
    for row in rows(folder / "places.csv"):
        for name in (row["name"], *filter(None, row["aliases"].split("；"))):
            yield Place(name, row["kind"], row["region"] or None, row["town"] or None)


def _exemplars(path: Path) -> Iterable[Exemplar]:
    with path.open(encoding="utf-8") as source:
        next(source)
        for number, line in enumerate(source, start=2):
            where = f"exemplars/{path.name}:{number}"
            parts = line.rstrip("\n").split("\t")
            if len(parts) != 5:
                raise InputError("catalogue.exemplar", f"{where} 应有 5 列，实有 {len(parts)} 列")
            matter, facts, nature, tone, text = parts
            pairs = dict(pair.split("=", 1) for pair in facts.split(";") if "=" in pair)
            yield Exemplar(matter, pairs, nature, tone, text, where)
