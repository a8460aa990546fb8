"""Keeping score: what the model promised when its lines were fitted, against what our own tickets came to.

A ticket counts once its lead is final: dispatched, or past it, and not waiting for anybody's judgement. Its suggestion is the
one that the operator saw when it was filed.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from scipy.special import betaincinv
from sqlmodel import Session, select

from catalogue import Catalogue
from hotline.database import now
from hotline.tickets.tables import Suggestion, Ticket

# Somebody still has to say whose job it is, or the call was not yet filed.
OPEN = ("draft", "manual", "asking", "pending", "joint")
# No department works on these: to send them out unseen would have been a mistake, and no lead can be covered.
LEFT_THE_HOTLINE = ("informed", "transferred")
# Answered at the desk: right or wrong, no lead was ever tried.
ANSWERED = "answered"
# An interval this wide can't tell a kept promise from a broken one.
WIDEST = 0.2
KEPT, FEW, BROKEN = "kept", "too few", "broken"
WORDS = {KEPT: "守住", FEW: "件数太少，说不准", BROKEN: "没有守住"}
PROMISES = {"precision": "直派准确率", "coverage": "集合含最终主办的比率"}


@dataclass(frozen=True)
class Outcome:
    """A settled ticket beside its suggestion: `sent` if it would have gone out unseen."""

    matter: str
    suggested: str
    chosen: tuple[str, ...]
    sent: bool
    state: str
    lead: str

    @property
    def right(self) -> bool:
        """The first suggestion is who does it."""
        return self.state not in LEFT_THE_HOTLINE and self.suggested == self.lead


@dataclass(frozen=True)
class Kept:
    """One promise: `hits` of `tickets` with the 95 % interval of the rate, and whether it was kept."""

    promised: float
    tickets: int
    hits: int
    low: float
    high: float
    verdict: str


@dataclass(frozen=True)
class Blame:
    """A matter that misses more often than promised: `excess` misses over those the promise allows."""

    matter: str
    tickets: int
    misses: int
    excess: float


@dataclass(frozen=True)
class Score:
    """The score of a window of days: of `tickets` settled ones `share` would have gone out unseen; `promises` by name."""

    days: int
    tickets: int
    share: float
    promises: Mapping[str, Kept]
    blame: tuple[Blame, ...]

    def data(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)


def score(session: Session, *, promised: Mapping[str, float], days: int = 30) -> Score:
    """The score of the tickets received in the last `days`; `promised` holds `precision` and `coverage` (model.json)."""
    found = outcomes(session, days=days)
    sent = [outcome for outcome in found if outcome.sent]
    # The set promises the lead of whatever a department works on.
    worked = [outcome for outcome in found if outcome.state not in LEFT_THE_HOTLINE]
    hits = {
        "precision": [outcome.right for outcome in sent],
        "coverage": [outcome.lead in outcome.chosen for outcome in worked],
    }
    promises = {name: keep(promised[name], values) for name, values in hits.items() if name in promised}
    broken = "precision" in promises and promises["precision"].verdict == BROKEN
    return Score(
        days=days,
        tickets=len(found),
        share=len(sent) / len(found) if found else 0.0,
        promises=promises,
        blame=blame(sent, promised["precision"]) if broken else (),
    )


def outcomes(session: Session, *, days: int) -> list[Outcome]:
    """The settled tickets of the last days that had a suggestion when they were filed."""
    payload = Suggestion.payload
    columns = (
        payload[("matters", 0, "code")].as_string(),
        payload[("leads", 0, "code")].as_string(),
        payload["set"].as_json(),
        payload["verdict"].as_string(),
        Ticket.state,
        Ticket.lead,
    )
    query = (
        select(*columns)
        .join(Ticket, Ticket.suggestion_id == Suggestion.id)
        .where(Ticket.received_at >= now() - timedelta(days=days), Ticket.state.not_in((*OPEN, ANSWERED)))
        .where(Suggestion.error.is_(None), Ticket.lead.is_not(None))
    )
    return [
        Outcome(matter or "", suggested or "", tuple(chosen or ()), verdict == "dispatch", state, lead)
        for matter, suggested, chosen, verdict, state, lead in session.exec(query)
    ]


def keep(promised: float, hits: Iterable[bool]) -> Kept:
    """Whether a promised rate was kept; broken only where the whole interval lies under it."""
    values = list(hits)
    low, high = clopper_pearson(sum(values), len(values))
    verdict = BROKEN if high < promised else FEW if high - low > WIDEST else KEPT
    return Kept(promised, len(values), sum(values), round(low, 4), round(high, 4), verdict)


def clopper_pearson(hits: int, n: int, *, level: float = 0.95) -> tuple[float, float]:
    """The exact interval of a share (Clopper and Pearson 1934), by quantiles of the beta distribution."""
    tail = (1 - level) / 2
    low = float(betaincinv(hits, n - hits + 1, tail)) if hits else 0.0
    high = float(betaincinv(hits + 1, n - hits, 1 - tail)) if hits < n else 1.0
    return low, high


def blame(sent: Iterable[Outcome], promised: float, *, most: int = 5) -> tuple[Blame, ...]:
    """The standard matters with the largest excess of misses over the promised rate, the largest first."""
    groups: dict[str, list[bool]] = defaultdict(list)
    for outcome in sent:
        groups[outcome.matter[:6]].append(outcome.right)
    found = (_blame(matter, values, promised) for matter, values in groups.items())
    return tuple(sorted((one for one in found if one.excess > 0), key=lambda one: (-one.excess, one.matter))[:most])


def _blame(matter: str, right: list[bool], promised: float) -> Blame:
    misses = len(right) - sum(right)
    return Blame(matter, len(right), misses, round(misses - len(right) * (1 - promised), 2))


def words(found: Score, catalogue: Catalogue) -> list[str]:
    """The score in Chinese lines."""
    lines = [f"最近 {found.days} 天受理并已定主办的工单 {found.tickets} 件，其中达到直派线的占 {found.share:.0%}"]
    for name, kept in found.promises.items():
        measured = f"{kept.hits}/{kept.tickets}，95% 区间 [{kept.low:.3f}, {kept.high:.3f}]"
        lines.append(f"{PROMISES[name]}：承诺 {kept.promised:.2f}，实得 {measured}：{WORDS[kept.verdict]}")
    for one in found.blame:
        matter = catalogue.matters.get(one.matter)
        lines.append(
            f"  {one.matter} {matter.name if matter else ''}：直派 {one.tickets} 件，错 {one.misses} 件，比承诺多 {one.excess:.1f} 件"
        )
    return lines
