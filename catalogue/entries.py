"""What the two lists are made of: departments, units, matters, deciding facts, clauses, places."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

STATUSES = ("settled", "undesignated", "contested")
NATURES = ("咨询", "求助", "投诉", "举报", "建议", "感谢", "其他")
LEVELS = ("市", "县", "镇")


@dataclass(frozen=True)
class Department:
    """A kind of department; in a region it becomes a `Unit`."""

    code: str
    name: str
    short_name: str
    kind: str
    county_branch: bool


@dataclass(frozen=True)
class Unit:
    """A department in a region: 城管局 in 端州区. `region` is None for the city's own."""

    code: str
    name: str
    department: str
    region: str | None
    parent: str | None


@dataclass(frozen=True)
class Matter:
    """An entry of the matter catalogue: six digits are DB44/T 2479-2024, two more the city's own level 4.

    `place`: 必需, 有用 or 无需 to act at all. `when` are the deciding facts a city matter stands for. `excludes` names the
    neighbour it is mistaken for, `names` what people call it, `keywords` what its texts show.
    """

    code: str
    name: str
    level1_name: str
    level2_name: str
    definition: str
    nature: str
    urgency: str
    place: str
    excludes: str = ""
    names: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    where: str = field(default="", compare=False)

    @property
    def standard(self) -> str:
        """Code of the standard matter it belongs to, its own for a standard one."""
        return self.code[:6]

    @property
    def level(self) -> int:
        """3 for a matter of the standard, 4 for the city's own."""
        return 4 if len(self.code) > 6 else 3

    def contradicted(self, facts: Mapping[str, str]) -> bool:
        """Whether a given fact rules the matter out."""
        return any(fact in facts and facts[fact] not in values for fact, values in self.when.items())

    def complete(self, facts: Mapping[str, str]) -> dict[str, str]:
        """Facts with those the matter itself stands for; what contradicts the matter gives way to it."""
        own = {fact: facts[fact] if facts.get(fact) in values else values[0] for fact, values in self.when.items()}
        return {**facts, **own}


@dataclass(frozen=True)
class Fact:
    """A deciding fact: its values in words, the question to the caller, the cues that show a value in a text.

    `trusted`: a cue counts as given (the caller named the authority himself), not only as already said.
    `first`: a clause that names this fact goes before any that does not (what is before a court is the court's).
    """

    id: str
    name: str
    question: str
    values: Mapping[str, str]
    cues: Mapping[str, tuple[re.Pattern[str], ...]]
    trusted: bool = False
    first: bool = False


@dataclass(frozen=True)
class Basis:
    """What a clause rests on: a law with article, a duty of a department, or a ruling. Grade A is read, K to confirm."""

    law: str | None = None
    article: str | None = None
    duty: str | None = None
    resolution: str | None = None
    grade: str = "K"

    @property
    def text(self) -> str:
        """The basis as a dispatcher reads it; an unconfirmed one says so."""
        if self.resolution:
            return f"联席会议决定 {self.resolution}"
        words = f"《{self.law}》{self.article or ''}" if self.law else f"部门职责：{self.duty}"
        return words if self.grade == "A" else f"{words}（待核）"


@dataclass(frozen=True)
class Clause:
    """A clause of the duty list: under `when`, `lead` handles the matter. `where` is file and line, for messages.

    `practice`: the law leaves the designation open, but the city's own table already gives the work to `lead`.
    `ask`: facts without which nobody can act. `rank`: how many of its conditions go before all others (`Fact.first`).
    """

    id: str
    matter: str
    lead: str
    when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    region: str | None = None
    co: tuple[str, ...] = ()
    fallback: str | None = None
    level: str = "县"
    status: str = "settled"
    basis: tuple[Basis, ...] = ()
    candidates: tuple[str, ...] = ()
    ask: tuple[str, ...] = ()
    practice: bool = False
    note: str = ""
    in_force_from: date | None = None
    in_force_until: date | None = None
    rank: int = 0
    where: str = field(default="", compare=False)

    @property
    def standard(self) -> str:
        """Code of the standard matter it belongs to."""
        return self.matter[:6]

    @property
    def general(self) -> bool:
        """Whether it speaks of a standard matter as a whole, not of one of the city's own."""
        return self.matter == self.standard

    @property
    def sure(self) -> bool:
        """Whether a ticket may go straight to the lead: settled, or undesignated with an established practice."""
        return self.status == "settled" or self.practice

    def in_force(self, day: date | None) -> bool:
        """Whether the clause holds on a day (always, where no day is given)."""
        if day is None:
            return True
        return (self.in_force_from or day) <= day <= (self.in_force_until or day)

    def contradicted(self, facts: Mapping[str, str]) -> bool:
        """Whether a given fact rules the clause out."""
        return any(fact in facts and facts[fact] not in values for fact, values in self.when.items())

    def holds(self, facts: Mapping[str, str]) -> bool:
        """Whether every condition is given and met."""
        return all(facts.get(fact) in values for fact, values in self.when.items())


@dataclass(frozen=True)
class Place:
    """A name of the gazetteer. Several entries may share a name: then the county must be known to decide."""

    name: str
    kind: str
    region: str | None
    town: str | None
