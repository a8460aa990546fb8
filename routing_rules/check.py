"""`hotline rules check`: every rule compiles, names a known effect, and does on its own examples what it says."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from routing_rules.engine import KINDS, Rule, RuleBook

Context = Callable[[str], Mapping[str, Any]]


def check(book: RuleBook, *, context: Context) -> list[str]:
    """Faults as Chinese sentences; `context` turns a text into what rules see, as it does for a live ticket."""
    faults = [
        f"规则编号 {name} 出现 {count} 次" for name, count in Counter(r.id for r in book.rules).items() if count > 1
    ]
    faults += [f"规则 {name}：{why}" for name, why in book.evaluate({}).broken.items()]
    for rule in book.rules:
        if rule.effect.get("kind") not in KINDS:
            faults.append(f"规则 {rule.id} 的动作「{rule.effect.get('kind')}」不认识")
        if not rule.basis:
            faults.append(f"规则 {rule.id} 没有写依据")
        faults += _examples(book, rule, context)
    return faults


def _examples(book: RuleBook, rule: Rule, context: Context) -> Iterator[str]:
    for text in rule.yes:
        if rule not in book.evaluate(context(text)).fired:
            yield f"规则 {rule.id} 应对这句话生效而没有：{text}"
    for text in rule.no:
        if rule in book.evaluate(context(text)).fired:
            yield f"规则 {rule.id} 不应对这句话生效：{text}"
