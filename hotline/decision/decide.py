"""The decision: reading + place + rulings + rules → verdict, set, reasons, question. Pure and replayable.

Order of the verdicts: what must leave the hotline at once (transfer, inform), what a rule broke on (review), what can be
answered, what the list leaves open (joint), what the caller can still settle (ask), what is sure (dispatch); the rest is
for the dispatcher (review).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from catalogue import Catalogue
from catalogue.entries import Clause
from catalogue.gazetteer import Location
from catalogue.rulings import rule
from hotline.decision.asking import COUNTY, PLACE, Question, missing_facts, question_to_ask
from hotline.decision.leads import Weighed
from models.reading import Reading
from routing_rules.engine import Outcome

VERDICTS = {
    "dispatch": "直派", "ask": "追问", "review": "复核", "joint": "上会",
    "answer": "直接解答", "inform": "不受理并告知途径", "transfer": "转紧急专线",
}  # fmt: skip
# The models know Chinese only; two characters together are the least that can mean something.
_CHINESE = re.compile(r"[\u4e00-\u9fff]{2}")
# A question about the caller's own stuck case is somebody's work, not a question for the knowledge base.
_OWN_CASE = re.compile(
    "进度|什么时候(?:能|可以|才)?(?:办|完成|好|下来|发|到账|解决|退|拿)|为什么(?:还|一直|我|不给|到现在)|(?:一直|至今|到现在|迟迟)(?:没|不|未)|"
    "已经?(?:提交|递交|交了|申请了|办理了).{0,30}(?:没|未|不)|(?:不给|拒绝|拒不)(?:办|受理)|受理编号|法定办结|系统(?:错误|故障|瘫痪)|没有?(?:人|谁)(?:管|理|接)|推来推去|踢皮球"
)


# Bands of the likeliest lead's probability; few, so that each has tickets enough for a quantile.
BANDS = (0.6, 0.9)


@dataclass(frozen=True)
class Lines:
    """Where the lines are drawn; fitted on calibration tickets by `hotline train`, never set by hand.

    `auto`: least probability of the lead to go out unseen. `floors`: least probability of a lead in the set, by the band
    (`BANDS`) in which the likeliest lead's probability lies; `own` the same for single departments that the calibration
    tickets know well enough.
    `answer`: least probability of 咨询. `joint`: mass on open clauses that calls the meeting. `doubted`: share of its mass
    that a clause keeps where the words show a fact against it.
    """

    auto: float = 0.5
    floors: tuple[float, ...] = (0.05, 0.05, 0.05)
    answer: float = 0.5
    joint: float = 0.5
    doubted: float = 1.0
    own: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Reason:
    """One reason in words; `kind` says of what, `ref` points to a clause, rule or law."""

    kind: str
    text: str
    ref: str = ""


@dataclass(frozen=True)
class Decision:
    """A verdict with all that led to it."""

    verdict: str
    nature: str
    leads: tuple[tuple[str, float], ...]
    co: tuple[str, ...]
    chosen: tuple[str, ...]
    question: Question | None
    reasons: tuple[Reason, ...]
    clauses: tuple[Clause, ...]
    missing: tuple[str, ...]


def decide(
    reading: Reading,
    *,
    location: Location,
    weighed: Weighed,
    outcome: Outcome,
    catalogue: Catalogue,
    facts: Mapping[str, str],
    lines: Lines,
) -> Decision:
    """Make the verdict. `facts` are given ones; `weighed` already respects them and the meeting's rulings."""
    nature = max(reading.nature, key=reading.nature.get)
    leads = _bar_towns(tuple(weighed.leads.items()), outcome)
    chosen = conformal_set(leads, floors=lines.floors, own=lines.own)
    top = _top_clause(weighed, leads[0][0])
    missing = missing_facts(reading, location, weighed, catalogue, facts)
    question = question_to_ask(missing, location, weighed, catalogue, {**reading.seen, **facts}, leads, lines)
    view = View(reading, nature, outcome, weighed, leads, chosen, question, missing, catalogue, lines)
    verdict, reasons = _verdict(view)
    return Decision(
        verdict=verdict,
        nature=nature,
        leads=leads,
        co=tuple(code for code in top.co if code != leads[0][0]),
        chosen=chosen,
        question=question if verdict in ("ask", "review", "dispatch", "joint") else None,
        reasons=(
            *reasons,
            *_local_reason(weighed, leads[0][0], catalogue),
            *clause_reasons(top, catalogue),
            *rule_reasons(outcome),
        ),
        clauses=tuple(clause for clause, p in weighed.clauses[:3] if p > 0.02),
        missing=missing,
    )


def _top_clause(weighed: Weighed, lead: str) -> Clause:
    """The clause to name: the likeliest of the lead's, unless the lead comes from the city's habit alone."""
    own = next((clause for clause, _ in weighed.clauses if clause.lead == lead), None)
    return weighed.clauses[0][0] if own is None or _habit(weighed, lead) else own


def _habit(weighed: Weighed, lead: str) -> bool:
    """Whether a lead has its mass from the local tickets rather than from clauses."""
    listed = sum(p for clause, p in weighed.clauses if clause.lead == lead)
    return listed < 0.5 * weighed.leads.get(lead, 0.0)


def _local_reason(weighed: Weighed, lead: str, catalogue: Catalogue) -> tuple[Reason, ...]:
    """Said where the local tickets, not a clause, make the lead."""
    if not _habit(weighed, lead):
        return ()
    return (Reason("local", f"本市历史工单中这类诉求多由{catalogue.short(lead)}主办，与清单不同，请留意"),)


def conformal_set(
    leads: Sequence[tuple[str, float]], *, floors: Sequence[float], own: Mapping[str, float] | None = None
) -> tuple[str, ...]:
    """Every lead at least as probable as the floor of its band, or its own if that is lower, and the likeliest in any case.

    Split conformal with the score 1 − p (least ambiguous sets, Sadinle et al. 2019), within bands of how sure the reader
    is (Mondrian, Vovk 2012): the promised rate is kept among the unsure tickets too, and so survives where a city's
    calls are harder to read than those the line was fitted on. `own` keeps it department by department.
    """
    floor, own = floors[band(leads[0][1])], own or {}
    return tuple(code for place, (code, p) in enumerate(leads) if p >= min(floor, own.get(code, 1.0)) or place == 0)


def band(p: float) -> int:
    """The number of the band in which the likeliest lead's probability lies."""
    return sum(p >= edge for edge in BANDS)


def _bar_towns(leads, outcome: Outcome):
    """Where a rule forbids the town, the next department leads."""
    if outcome.of_kind("no_town") is None or len(leads) < 2:
        return leads
    return (*(pair for pair in leads if pair[0] != "ZJ"), *(pair for pair in leads if pair[0] == "ZJ"))


@dataclass(frozen=True)
class View:
    """All that a step towards the verdict may look at."""

    reading: Reading
    nature: str
    outcome: Outcome
    weighed: Weighed
    leads: tuple[tuple[str, float], ...]
    chosen: tuple[str, ...]
    question: Question | None
    missing: tuple[str, ...]
    catalogue: Catalogue
    lines: Lines

    def names(self, codes: Sequence[str]) -> str:
        """Short names of departments in one phrase."""
        return "、".join(self.catalogue.short(code) for code in codes)


Step = tuple[str, tuple[Reason, ...]] | None


def _verdict(view: View) -> tuple[str, tuple[Reason, ...]]:
    """The first step that has something to say decides."""
    steps = (_by_rule, _by_nature, _by_list, _by_missing, _by_certainty)
    return next(found for step in steps if (found := step(view)))


def _by_rule(view: View) -> Step:
    """What must leave the hotline, what goes to the meeting, a rule that broke, a repeat of an open ticket."""
    decisive, repeat = view.outcome.decisive, view.outcome.of_kind("repeat")
    if decisive:
        return decisive.effect["kind"], (Reason("rule", decisive.effect["say"], decisive.id),)
    if not _CHINESE.search(view.reading.call.read):
        return "review", (Reason("unsure", "内容里没有看得懂的中文，请人工核实"),)
    if view.outcome.broken:
        broken = view.outcome.broken.items()
        return "review", tuple(Reason("broken", f"规则 {name} {why}，请人工复核", name) for name, why in broken)
    return ("review", (Reason("repeat", repeat.effect["say"], repeat.id),)) if repeat else None


def _by_nature(view: View) -> Step:
    """A general question is answered at once; one about the caller's own stuck case is somebody's work."""
    asks = view.nature == "咨询" and view.reading.nature["咨询"] >= view.lines.answer
    if asks and not _OWN_CASE.search(view.reading.call.caller):
        return "answer", (Reason("nature", "一般政策咨询，可直接解答"),)
    return None


def _by_list(view: View) -> Step:
    """The list is silent or contested about most of what this may be, or about what the caller's own words point to."""
    clause = _open_clause(view)
    if clause is None:
        return None
    words = "法律留给地方指定，本市指定文件未见" if clause.status == "undesignated" else "各单位对职责有争议"
    meanwhile = f"会前由{view.catalogue.short(clause.lead)}先办"
    return "joint", (
        Reason("gap", f"{words}：{clause.note}候选单位：{view.names(clause.candidates)}；{meanwhile}", clause.id),
    )


def _open_clause(view: View) -> Clause | None:
    """The open clause that decides: it holds the mass, or the likeliest matter comes to it under the facts the words show."""
    masses = {clause.id: p for clause, p in view.weighed.clauses}
    if view.weighed.unsure >= view.lines.joint:
        return next(clause for clause, _ in view.weighed.clauses if not clause.sure)
    matter, p = next(iter(view.weighed.standards.items()))
    ruled = rule(view.catalogue.families[matter], facts=view.reading.seen)
    # A clause that a meeting has ruled on keeps no mass of its own.
    pointed = ruled is not None and not ruled.clause.sure and masses.get(ruled.clause.id, 0) >= 0.05
    return ruled.clause if pointed and p >= view.lines.joint else None


def _by_missing(view: View) -> Step:
    """Nobody can act before the caller has said more."""
    if not view.missing:
        return None
    names = "、".join(_fact_name(fact, view.catalogue) for fact in view.missing)
    return "ask", (Reason("missing", f"缺定责事实：{names}"),)


def _by_certainty(view: View) -> Step:
    """Sure enough to go out; or one question away from it; or for the dispatcher."""
    p = view.leads[0][1]
    if p >= view.lines.auto:
        return "dispatch", (Reason("sure", f"主办把握 {p:.0%}，达到直派线 {view.lines.auto:.0%}"),)
    names = view.names(view.chosen[:4])
    if view.question is not None:
        fact = _fact_name(view.question.fact, view.catalogue)
        return "ask", (Reason("missing", f"问清「{fact}」就能在{names}之间定下来"),)
    return "review", (Reason("unsure", f"看不准：可能是{names}，主办把握 {p:.0%}"),)


def _fact_name(fact: str, catalogue: Catalogue) -> str:
    return {PLACE: "具体地点", COUNTY: "所在县区"}.get(fact) or catalogue.facts[fact].name


def clause_reasons(clause: Clause, catalogue: Catalogue) -> tuple[Reason, ...]:
    """The clause in words: matter, conditions, lead, basis."""
    matter = catalogue.matters[clause.matter]
    conditions = "，".join(
        f"{catalogue.facts[fact].name}为{'或'.join(catalogue.facts[fact].values.get(v, v) for v in values)}"
        for fact, values in clause.when.items()
        if fact in catalogue.facts
    )
    words = f"{matter.name}{f'（{conditions}）' if conditions else ''}由{catalogue.short(clause.lead)}主办"
    basis = tuple(Reason("basis", item.text, clause.id) for item in clause.basis)
    practice = ()
    if clause.status != "settled" and clause.practice:
        practice = (Reason("practice", f"清单标为待指定，按本市现行职责先派{catalogue.short(clause.lead)}", clause.id),)
    return (Reason("clause", words, clause.id), *basis, *practice)


def rule_reasons(outcome: Outcome) -> tuple[Reason, ...]:
    """Rules that fired beside the decisive one, and those that would have, had an earlier one not."""
    decisive = outcome.decisive
    beside = [rule for rule in outcome.fired if rule is not decisive and rule not in outcome.also]
    would = [Reason("would", f"没有上一条时还会触发「{rule.name}」", rule.id) for rule in outcome.also]
    return (*(Reason(rule.effect["kind"], rule.effect["say"], rule.id) for rule in beside), *would)
