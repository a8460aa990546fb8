"""`hotline catalogue check`: what is dangling, undecided, contradictory or without basis, by file and line."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product

from catalogue.entries import LEVELS, NATURES, STATUSES, Clause, Matter
from catalogue.loading import Catalogue
from catalogue.rulings import rule

URGENCIES = ("一般", "较急", "紧急")
PLACES = ("必需", "有用", "无需")
TOWN = "ZJ"


@dataclass(frozen=True)
class Fault:
    """One complaint: `where` is file:line (or the file), `text` a Chinese sentence."""

    where: str
    text: str


def check(catalogue: Catalogue) -> list[Fault]:
    """Every fault of the lists, in the order of the files; empty when all is well."""
    from catalogue.exemplar_check import check_exemplars

    return [*check_lists(catalogue), *check_exemplars(catalogue)]


def check_lists(catalogue: Catalogue) -> list[Fault]:
    """The faults of the two lists themselves, exemplars left out."""
    faults = [*_matters(catalogue), *_units(catalogue)]
    for clause in catalogue.clauses:
        faults += _clause(catalogue, clause)
    faults += _clause_sets(catalogue)
    return faults


def _matters(catalogue: Catalogue) -> Iterator[Fault]:
    names: dict[str, str] = {}
    for matter in catalogue.matters.values():
        yield from _matter(catalogue, matter)
        if matter.level == 4:
            if matter.name in names:
                yield Fault(matter.where, f"事项 {matter.code} 与 {names[matter.name]} 同名「{matter.name}」")
            names[matter.name] = matter.code


def _matter(catalogue: Catalogue, matter: Matter) -> Iterator[Fault]:
    at, name = matter.where, f"事项 {matter.code}"
    if not matter.definition.strip():
        yield Fault(at, f"{name} {matter.name} 没有释义")
    for word, known, label in (
        (matter.nature, NATURES, "常见性质"), (matter.urgency, URGENCIES, "紧急程度"), (matter.place, PLACES, "地点要求"),
    ):  # fmt: skip
        if word not in known:
            yield Fault(at, f"{name} 的{label}「{word}」应为 {'、'.join(known)} 之一")
    yield from _known_facts(catalogue, matter.when, at, name)
    if matter.code not in catalogue.by_matter:
        yield Fault(at, f"{name} {matter.name} 没有任何条款")
    if matter.level == 4 and not (matter.names and matter.keywords):
        yield Fault(at, f"{name} {matter.name} 没有俗称或关键词")


def _units(catalogue: Catalogue) -> Iterator[Fault]:
    for number, unit in enumerate(catalogue.units.values(), start=2):
        where = f"units.csv:{number}"
        if unit.department not in catalogue.departments:
            yield Fault(where, f"单位 {unit.name} 的部门代码「{unit.department}」不存在")
        if unit.region and unit.region not in catalogue.regions:
            yield Fault(where, f"单位 {unit.name} 的区域「{unit.region}」不存在")
        if unit.parent and unit.parent not in catalogue.units:
            yield Fault(where, f"单位 {unit.name} 的上级「{unit.parent}」不存在")
    for code in catalogue.departments.keys() - catalogue.units.keys():
        yield Fault("departments.csv", f"部门 {code} 在 units.csv 中没有市级单位")


def _clause(catalogue: Catalogue, clause: Clause) -> Iterator[Fault]:
    """Codes that dangle, a status without its reasons, a basis that is missing."""
    at, name = clause.where, f"条款 {clause.id}"
    if clause.matter not in catalogue.matters:
        yield Fault(at, f"{name} 的事项「{clause.matter}」不在目录中")
    elif not clause.id.startswith(f"{clause.matter}-"):
        yield Fault(at, f"{name} 的编号应以事项代码 {clause.matter}- 开头")
    for code in filter(None, (clause.lead, clause.fallback, *clause.co, *clause.candidates)):
        if code not in catalogue.departments:
            yield Fault(at, f"{name} 的部门代码「{code}」不存在")
    if clause.region and clause.region not in catalogue.regions:
        yield Fault(at, f"{name} 的区域「{clause.region}」不存在")
    yield from _known_facts(catalogue, clause.when, at, name)
    for fact in clause.ask:
        if fact not in catalogue.facts:
            yield Fault(at, f"{name} 要追问的事实「{fact}」不在 facts.yaml 中")
    if clause.status not in STATUSES or clause.level not in LEVELS:
        yield Fault(at, f"{name} 的状态「{clause.status}」或层级「{clause.level}」不认识")
    if clause.status != "settled" and not (clause.candidates and clause.note):
        yield Fault(at, f"{name} 标为 {clause.status}，须写明候选单位 candidates 和理由 note")
    yield from _basis(catalogue, clause)


def _known_facts(catalogue: Catalogue, when: Mapping[str, Sequence[str]], at: str, name: str) -> Iterator[Fault]:
    for fact, values in when.items():
        known = catalogue.facts.get(fact)
        for value in values if known else ("",):
            if not known or value not in known.values:
                yield Fault(at, f"{name} 的条件「{fact}={value}」不在 facts.yaml 中")


def _basis(catalogue: Catalogue, clause: Clause) -> Iterator[Fault]:
    """A basis names a law of the table with its article, or says that it is to be confirmed; a town needs its own."""
    at, name = clause.where, f"条款 {clause.id}"
    if not clause.basis:
        yield Fault(at, f"{name} 没有依据")
    for basis in clause.basis:
        if basis.law and basis.law not in catalogue.laws:
            yield Fault(at, f"{name} 引用的「{basis.law}」不在 laws.csv 中")
        if basis.law and basis.grade == "A" and not basis.article:
            yield Fault(at, f"{name} 引用《{basis.law}》未写条款，应写明第几条或标为待核")
        if not (basis.law or basis.duty or basis.resolution):
            yield Fault(at, f"{name} 的依据没有写法律、职责或决定")
    towns = any(basis.law in catalogue.town_laws or basis.resolution for basis in clause.basis)
    if clause.lead == TOWN and not towns:
        yield Fault(at, f"{name} 把职能部门的事派给镇街：依据中没有一部法律把此事交给镇街（town_duties.csv）")


def _clause_sets(catalogue: Catalogue) -> Iterator[Fault]:
    for identity, count in Counter(clause.id for clause in catalogue.clauses).items():
        if count > 1:
            yield Fault(catalogue.by_id[identity].where, f"条款编号 {identity} 出现 {count} 次")
    parents = {matter.standard for matter in catalogue.matters.values() if matter.level == 4}
    for code, clauses in catalogue.by_matter.items():
        matter = catalogue.matters.get(code)
        if matter is None:
            continue
        plain = [clause for clause in clauses if dict(clause.when) == dict(matter.when) and not clause.region]
        if len(plain) != 1:
            yield Fault(clauses[0].where, f"事项 {code} 应有且只有一条无条件的条款，现有 {len(plain)} 条")
        if code in parents and any(clause.when for clause in clauses):
            yield Fault(clauses[0].where, f"事项 {code} 已有四级事项，分情形的条款应写在四级事项下")
        yield from _unreachable(clauses)
        if len(clauses) > 1:
            yield from _decided(catalogue, matter, clauses)


def _unreachable(clauses: Sequence[Clause]) -> Iterator[Fault]:
    """A clause that never wins, even when exactly its own conditions are given."""
    for clause in clauses:
        facts = {fact: values[0] for fact, values in clause.when.items()}
        ruling = rule(clauses, facts=facts, region=clause.region)
        if ruling and ruling.clause is not clause:
            yield Fault(clause.where, f"条款 {clause.id} 永远轮不到：同样条件下 {ruling.clause.id} 先适用")


def _decided(catalogue: Catalogue, matter: Matter, clauses: Sequence[Clause]) -> Iterator[Fault]:
    """Every combination of the facts of a matter, not known among them, comes to one lead, or the list says it is open."""
    told = set()
    for facts in combinations_of(catalogue, matter, clauses):
        held = [clause for clause in clauses if clause.region is None and clause.holds(facts)]
        if not held:
            yield Fault(clauses[0].where, f"事项 {matter.code} 在 {facts or '无条件'} 下没有条款")
            return
        most = max((clause.rank, len(clause.when)) for clause in held)
        best = [c for c in held if (c.rank, len(c.when)) == most and c.status == "settled"]
        for one, other in combinations(best, 2):
            if one.lead != other.lead and (one.id, other.id) not in told:
                told.add((one.id, other.id))
                words = "，".join(f"{fact}={value}" for fact, value in facts.items())
                yield Fault(
                    other.where,
                    f"条款 {other.id} 与 {one.id} 在 {words} 下同时适用而主办不同（{one.lead}／{other.lead}）",
                )


def combinations_of(catalogue: Catalogue, matter: Matter, clauses: Sequence[Clause]) -> Iterator[dict[str, str]]:
    """Every combination of the facts that clauses hang on: each value that some clause names, another, and not known.

    Values that no clause names behave alike, so that one stands for all of them.
    """
    named: dict[str, dict[str, None]] = {}
    for clause in clauses:
        for fact, values in clause.when.items():
            named.setdefault(fact, {}).update(dict.fromkeys(values))
    choices = []
    for fact, values in named.items():
        allowed = matter.when.get(fact) or tuple(catalogue.facts[fact].values if fact in catalogue.facts else values)
        other = next((value for value in allowed if value not in values), None)
        known = [value for value in allowed if value in values]
        choices.append([(fact, value) for value in (*known, *filter(None, (other,)))])
        if fact not in matter.when:
            choices[-1].append((fact, None))
    for picked in product(*choices):
        yield matter.complete({fact: value for fact, value in picked if value is not None})


def stats(catalogue: Catalogue) -> dict[str, int | str]:
    """Counts that `hotline catalogue stats --json` prints."""
    status = Counter(clause.status for clause in catalogue.clauses)
    return {
        "version": catalogue.version,
        "matters": len(catalogue.matters),
        "matters_level4": sum(matter.level == 4 for matter in catalogue.matters.values()),
        "clauses": len(catalogue.clauses),
        **{f"clauses_{name}": status[name] for name in STATUSES},
        "facts": len(catalogue.facts),
        "exemplars": len(catalogue.exemplars()),
        "departments": len(catalogue.departments),
        "units": len(catalogue.units),
        "places": len(catalogue.places),
        "laws": len(catalogue.laws),
    }
