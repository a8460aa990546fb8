"""`hotline catalogue check`: what is dangling, unreachable, overlapping or without basis, by file and line."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from catalogue.entries import LEVELS, NATURES, STATUSES, Clause
from catalogue.loading import Catalogue, Exemplar
from catalogue.rulings import rule

TONES = ("口语", "书面", "粤味")
LEAST_EXEMPLARS = 12


@dataclass(frozen=True)
class Fault:
    """One complaint: `where` is file:line (or the file), `text` a Chinese sentence."""

    where: str
    text: str


def check(catalogue: Catalogue) -> list[Fault]:
    """Every fault of the lists, in the order of the files; empty when all is well."""
    faults = [*_matters(catalogue), *_units(catalogue)]
    for clause in catalogue.clauses:
        faults += _clause(catalogue, clause)
    faults += _clause_sets(catalogue)
    faults += _exemplars(catalogue)
    return faults


def _matters(catalogue: Catalogue) -> Iterator[Fault]:
    for number, matter in enumerate(catalogue.matters.values(), start=2):
        where = f"matters.csv:{number}"
        if not matter.definition.strip():
            yield Fault(where, f"事项 {matter.code} {matter.name} 没有释义")
        if matter.nature not in NATURES:
            yield Fault(where, f"事项 {matter.code} 的常见性质「{matter.nature}」不在七类之内")
        if matter.urgency not in ("一般", "较急", "紧急"):
            yield Fault(where, f"事项 {matter.code} 的紧急程度「{matter.urgency}」应为 一般、较急、紧急")
        if matter.place not in ("必需", "有用", "无需"):
            yield Fault(where, f"事项 {matter.code} 的地点要求「{matter.place}」应为 必需、有用、无需")
        if matter.code not in catalogue.by_matter:
            yield Fault(where, f"事项 {matter.code} {matter.name} 没有任何条款")


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
    """Codes that dangle, a status without its reasons, a basis that is missing, a function duty on a town."""
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
    yield from _conditions(catalogue, clause)
    if clause.status not in STATUSES or clause.level not in LEVELS:
        yield Fault(at, f"{name} 的状态「{clause.status}」或层级「{clause.level}」不认识")
    if clause.status != "settled" and not (clause.candidates and clause.note):
        yield Fault(at, f"{name} 标为 {clause.status}，须写明候选单位 candidates 和理由 note")
    if not clause.basis:
        yield Fault(at, f"{name} 没有依据")
    for basis in clause.basis:
        if basis.law and basis.law not in catalogue.laws:
            yield Fault(at, f"{name} 引用的「{basis.law}」不在 laws.csv 中")
        if not (basis.law or basis.duty or basis.resolution):
            yield Fault(at, f"{name} 的依据没有写法律、职责或决定")


def _conditions(catalogue: Catalogue, clause: Clause) -> Iterator[Fault]:
    for fact, values in clause.when.items():
        known = catalogue.facts.get(fact)
        for value in values if known else ("",):
            if not known or value not in known.values:
                yield Fault(clause.where, f"条款 {clause.id} 的条件「{fact}={value}」不在 facts.yaml 中")
    for fact in clause.ask:
        if fact not in catalogue.facts:
            yield Fault(clause.where, f"条款 {clause.id} 要追问的事实「{fact}」不在 facts.yaml 中")


def _clause_sets(catalogue: Catalogue) -> Iterator[Fault]:
    for identity, count in Counter(clause.id for clause in catalogue.clauses).items():
        if count > 1:
            yield Fault(catalogue.by_id[identity].where, f"条款编号 {identity} 出现 {count} 次")
    for matter, clauses in catalogue.by_matter.items():
        defaults = [clause for clause in clauses if not clause.when and not clause.region]
        if len(defaults) != 1:
            yield Fault(clauses[0].where, f"事项 {matter} 应有且只有一条无条件的条款，现有 {len(defaults)} 条")
        for one, other in combinations(clauses, 2):
            yield from _overlap(one, other)
        yield from _unreachable(clauses)


def _overlap(one: Clause, other: Clause) -> Iterator[Fault]:
    """Two clauses that the same facts satisfy equally well, yet name different leads: order alone would decide."""
    if len(one.when) != len(other.when) or one.region != other.region or set(one.when) != set(other.when):
        return
    if not one.when or one.lead == other.lead:
        return
    if all(set(values) & set(other.when[fact]) for fact, values in one.when.items()):
        yield Fault(other.where, f"条款 {other.id} 与 {one.id} 条件重叠而主办不同（{one.lead}／{other.lead}）")


def _unreachable(clauses: Sequence[Clause]) -> Iterator[Fault]:
    """A clause that never wins, even when exactly its own conditions are given."""
    for clause in clauses:
        ruling = rule(
            clauses, facts={fact: values[0] for fact, values in clause.when.items()}, region=clause.region
        )  # fmt: skip
        if ruling and ruling.clause is not clause:
            yield Fault(clause.where, f"条款 {clause.id} 永远轮不到：同样条件下 {ruling.clause.id} 先适用")


def _exemplars(catalogue: Catalogue) -> Iterable[Fault]:
    counts: Counter[str] = Counter()
    seen: dict[str, str] = {}
    faults: list[Fault] = []
    for row in catalogue.exemplars():
        counts[row.matter] += 1
        faults += _exemplar(catalogue, row)
        if row.text in seen:
            faults.append(Fault(row.where, f"例句与 {seen[row.text]} 相同"))
        seen[row.text] = row.where
    short = defaultdict(list)
    for code in catalogue.matters:
        if counts[code] < LEAST_EXEMPLARS:
            short[code[:2]].append(f"{code}({counts[code]})")
    for branch, codes in short.items():
        faults.append(Fault(f"exemplars/{branch}.tsv", f"例句不足 {LEAST_EXEMPLARS} 条的事项：{'、'.join(codes)}"))
    return faults


def _exemplar(catalogue: Catalogue, row: Exemplar) -> Iterator[Fault]:
    if row.matter not in catalogue.matters:
        yield Fault(row.where, f"例句的事项「{row.matter}」不在目录中")
    for fact, value in row.facts.items():
        if fact not in catalogue.facts or value not in catalogue.facts[fact].values:
            yield Fault(row.where, f"例句的事实「{fact}={value}」不在 facts.yaml 中")
    if row.nature not in NATURES or row.tone not in TONES:
        yield Fault(row.where, f"例句的性质「{row.nature}」或语气「{row.tone}」不认识")
    if not 4 <= len(row.text) <= 400:
        yield Fault(row.where, f"例句长 {len(row.text)} 字，应在 4 到 400 字之间")


def stats(catalogue: Catalogue) -> dict[str, int | str]:
    """Counts that `hotline catalogue stats --json` prints."""
    status = Counter(clause.status for clause in catalogue.clauses)
    return {
        "version": catalogue.version,
        "matters": len(catalogue.matters),
        "clauses": len(catalogue.clauses),
        **{f"clauses_{name}": status[name] for name in STATUSES},
        "facts": len(catalogue.facts),
        "exemplars": len(catalogue.exemplars()),
        "departments": len(catalogue.departments),
        "units": len(catalogue.units),
        "places": len(catalogue.places),
        "laws": len(catalogue.laws),
    }
