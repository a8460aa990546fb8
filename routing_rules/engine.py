"""The one rule engine: `hotline rules try`, live tickets and the bulk job all call `RuleBook.evaluate`.

Rules are CEL expressions (Common Expression Language) in `rules.yaml`. A rule that breaks never vanishes: it is reported
with its id, and the decision sends the ticket to review.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import cel
import yaml

from catalogue.errors import InputError

FILE = Path(__file__).with_name("rules.yaml")
KINDS = ("transfer", "inform", "joint", "flag", "confidential", "repeat", "no_town", "city_first")
FINAL = ("transfer", "inform", "joint")
# Every name a rule may use, with the value of "not known".
BLANK: dict[str, Any] = {
    "text": "", "caller": "", "nature": "", "matter": "", "matters": [], "city_matter": "", "region": "", "town": "", "lead": "",
    "leads": [], "facts": {}, "urgent": False, "repeat_of": "", "recent": 0, "confident": False,
    "function_duty": False, "unit_level": "",
}  # fmt: skip


@dataclass(frozen=True)
class Rule:
    """One rule; `yes` and `no` are texts it must and must not fire on."""

    id: str
    name: str
    when: str
    effect: Mapping[str, str]
    basis: str
    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What fired, in order; `decisive` is the first transfer, inform or joint, `also` those behind it; `broken` id → why."""

    fired: tuple[Rule, ...]
    broken: Mapping[str, str]

    @property
    def decisive(self) -> Rule | None:
        return next((rule for rule in self.fired if rule.effect["kind"] in FINAL), None)

    @property
    def also(self) -> tuple[Rule, ...]:
        return tuple(rule for rule in self.fired if rule.effect["kind"] in FINAL)[1:]

    def of_kind(self, kind: str) -> Rule | None:
        """The first fired rule of a kind."""
        return next((rule for rule in self.fired if rule.effect["kind"] == kind), None)


class RuleBook:
    """The rules of one file, compiled once."""

    def __init__(self, rules: tuple[Rule, ...], *, version: str) -> None:
        self.rules, self.version = rules, version
        self._programs: dict[str, Any] = {}
        self._faults: dict[str, str] = {}
        for rule in rules:
            try:
                self._programs[rule.id] = cel.compile(rule.when)
            except ValueError as error:
                self._faults[rule.id] = f"条件写法有误：{error}"

    def evaluate(self, ticket: Mapping[str, Any]) -> Outcome:
        """Try every rule in order on a ticket (keys of `BLANK`; missing ones count as not known)."""
        scope = {"t": {**BLANK, **ticket}}
        fired, broken = [], dict(self._faults)
        for rule in self.rules:
            if rule.id not in self._programs:
                continue
            try:
                if self._programs[rule.id].execute(scope) is True:
                    fired.append(rule)
            except (RuntimeError, KeyError, TypeError, ValueError) as error:
                broken[rule.id] = f"执行出错：{error}"
        return Outcome(tuple(fired), broken)


@lru_cache(maxsize=4)
def load(path: Path = FILE) -> RuleBook:
    """Read a rule file; an unreadable one is an error, a broken single rule is kept and reported."""
    source = path.read_text(encoding="utf-8")
    try:
        entries = yaml.load(source, Loader=yaml.CSafeLoader) or []
        rules = tuple(_rule(entry) for entry in entries)
    except (yaml.YAMLError, KeyError, TypeError) as error:
        raise InputError("rules.yaml", f"规则文件 {path.name} 读不懂：{error}") from None
    return RuleBook(rules, version=hashlib.sha256(source.encode()).hexdigest()[:12])


def _rule(entry: Mapping[str, Any]) -> Rule:
    return Rule(
        id=entry["id"],
        name=entry["name"],
        when=entry["when"],
        effect=entry["effect"],
        basis=entry.get("basis", ""),
        yes=tuple(entry.get("yes") or ()),
        no=tuple(entry.get("no") or ()),
    )
