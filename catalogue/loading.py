"""The two lists with all they rest on, read once and shared."""

import hashlib
import os
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path

from catalogue import files
from catalogue.entries import Clause, Department, Fact, Matter, Place, Unit
from catalogue.errors import InputError
from catalogue.gazetteer import Gazetteer
from catalogue.rulings import rule

FOLDER = Path(__file__).parent.resolve()


@dataclass(frozen=True)
class Catalogue:
    """The two lists with all they rest on; read-only, shared by all."""

    folder: Path
    departments: Mapping[str, Department]
    units: Mapping[str, Unit]
    matters: Mapping[str, Matter]
    facts: Mapping[str, Fact]
    laws: Mapping[str, str]
    town_laws: Mapping[str, str]
    regions: Mapping[str, str]
    places: tuple[Place, ...]
    clauses: tuple[Clause, ...]

    @cached_property
    def by_matter(self) -> Mapping[str, tuple[Clause, ...]]:
        """Clauses of each matter, in file order; a city matter's own are not among its standard matter's."""
        return _grouped(self.clauses, lambda clause: clause.matter)

    @cached_property
    def families(self) -> Mapping[str, tuple[Clause, ...]]:
        """For each standard matter its clauses and those of its city matters."""
        return _grouped(self.clauses, lambda clause: clause.standard)

    @cached_property
    def by_id(self) -> Mapping[str, Clause]:
        """Clauses by id."""
        return {clause.id: clause for clause in self.clauses}

    @cached_property
    def hanging(self) -> Mapping[str, frozenset[str]]:
        """For each deciding fact the standard matters with a clause that hangs on it."""
        out = defaultdict(set)
        for clause in self.clauses:
            for fact in clause.when:
                out[fact].add(clause.standard)
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

    def exemplars(self) -> list[files.Exemplar]:
        """All exemplars, in file order."""
        return [row for path in sorted((self.folder / "exemplars").glob("*.tsv")) for row in files.exemplars(path)]

    def cases(self, code: str) -> tuple[Clause, ...]:
        """All clauses a matter may come to: its own, for a standard matter those of its city matters too."""
        return self.families.get(code) or self.by_matter.get(code, ())

    def children(self, code: str) -> list[Matter]:
        """The city matters of a standard matter."""
        return self._children.get(code, [])

    @cached_property
    def _children(self) -> Mapping[str, list[Matter]]:
        out = defaultdict(list)
        for matter in self.matters.values():
            if matter.level == 4:
                out[matter.standard].append(matter)
        return out

    def clause_for(
        self, matter: str, facts: Mapping[str, str], *, region: str | None = None, day: date | None = None
    ) -> Clause | None:
        """The clause of a matter under facts, those the matter stands for among them; None where it has none."""
        entry = self.matters.get(matter)
        if entry is None:
            return None
        found = rule(self.by_matter.get(matter, ()), facts=entry.complete(facts), region=region, day=day)
        return found.clause if found else None

    def unit(self, department: str, region: str | None) -> Unit | None:
        """The unit of a department that works in a region: the county's branch, else the city's own."""
        return self.units.get(f"{department}-{region}") or self.units.get(department)

    def short(self, department: str) -> str:
        """Short name of a department, the code itself where unknown."""
        found = self.departments.get(department)
        return found.short_name if found else department


def _grouped(clauses, key) -> dict[str, tuple[Clause, ...]]:
    out = defaultdict(list)
    for clause in clauses:
        out[key(clause)].append(clause)
    return {name: tuple(found) for name, found in out.items()}


def load(folder: Path | None = None) -> Catalogue:
    """The lists of a folder, read once: of HOTLINE_CATALOGUE where that is set, else those that came with the program.

    Raises `InputError` on the first line that cannot be read.
    """
    return _load((folder or Path(os.environ.get("HOTLINE_CATALOGUE") or FOLDER)).resolve())


@lru_cache(maxsize=4)
def _load(folder: Path) -> Catalogue:
    return read(folder)


def read(folder: Path) -> Catalogue:
    """The lists of a folder as its files are now. Raises `InputError` on the first line that cannot be read."""
    if not (folder / "matters.csv").is_file():
        raise InputError("catalogue.folder", f"清单目录 {folder} 里没有 matters.csv")
    departments = {row["code"]: files.department(row) for row in files.rows(folder / "departments.csv")}
    matters, facts = files.matters(folder), files.read_facts(folder / "facts.yaml")
    clauses = (clause for path in sorted((folder / "duties").glob("*.yaml")) for clause in files.read_clauses(path))
    return Catalogue(
        folder=folder,
        departments=departments,
        units={row["code"]: files.unit(row) for row in files.rows(folder / "units.csv")},
        matters=matters,
        facts=facts,
        laws={row["law"]: row["full_name"] for row in files.rows(folder / "laws.csv")},
        town_laws={row["law"]: row["duty"] for row in files.rows(folder / "town_duties.csv")},
        regions={row["code"]: row["name"] for row in files.rows(folder / "regions.csv")},
        places=tuple(files.places(folder)),
        clauses=tuple(in_place(clause, matters, facts) for clause in clauses),
    )


def in_place(clause: Clause, matters: Mapping[str, Matter], facts: Mapping[str, Fact]) -> Clause:
    """The clause with the conditions its city matter stands for (its own go before them) and its rank."""
    matter = matters.get(clause.matter)
    when = {**matter.when, **clause.when} if matter else clause.when
    return replace(clause, when=when, rank=sum(fact in facts and facts[fact].first for fact in when))


def forget() -> None:
    """Read the lists anew when they are next asked for."""
    _load.cache_clear()
