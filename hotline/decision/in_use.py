"""Which weights the service uses: the shelf of this installation, and a local head laid over the shipped reader."""

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from catalogue import Catalogue
from catalogue.errors import HotlineError
from hotline.config import DEFAULT
from hotline.decision.leads import Weighed
from models.corpus import clean
from models.local import FLOOR, LocalHead
from models.reader import LONGEST, PRETRAINED, WEIGHTS, read_card
from models.reading import Reading
from models.shelf import LOCAL, SHIPPED, Ground, Shelf, misfit
from models.vectors import TermVectors

log = logging.getLogger(__name__)
# A ruling of the joint meeting stands in the overlay under such an id.
RULING = "R-"


@dataclass(frozen=True)
class Local:
    """A local head ready for use, under its version's name."""

    name: str
    head: LocalHead
    vectors: TermVectors

    def apply(self, weighed: Weighed, reading: Reading, catalogue: Catalogue) -> Weighed:
        """The leads as the city's own tickets have them; clauses and matters stay as they were read."""
        text = clean(reading.call.read[:LONGEST]) or "空"
        return localised(weighed, self.head.factors(text, reading.cells, catalogue.by_id, vectors=self.vectors))


@dataclass(frozen=True)
class InUse:
    """The weights folder in use and the local head over it, if there is one."""

    weights: Path
    local: Local | None = None


def localised(weighed: Weighed, factors: Mapping[str, float]) -> Weighed:
    """Leads multiplied by their factors, but for the mass that a ruling of the meeting has placed: it stands above habit."""
    ruled: dict[str, float] = {}
    for clause, p in weighed.clauses:
        if clause.id.startswith(RULING):
            ruled[clause.lead] = ruled.get(clause.lead, 0.0) + p
    free = {lead: max(weighed.leads.get(lead, 0.0) - ruled.get(lead, 0.0), FLOOR) * by for lead, by in factors.items()}
    share = (1 - sum(ruled.values())) / sum(free.values())
    leads = {lead: p * share + ruled.get(lead, 0.0) for lead, p in free.items()}
    ranked = sorted(leads.items(), key=lambda pair: -pair[1])
    return replace(weighed, leads={lead: p for lead, p in ranked if p >= FLOOR})


def shelf() -> Shelf:
    """The shelf beside the database, in HOTLINE_HOME."""
    home = Path(str(os.environ.get("HOTLINE_HOME") or DEFAULT["HOTLINE_HOME"])).expanduser()
    return Shelf(home / "models", weights=WEIGHTS)


def ground(catalogue: Catalogue) -> Ground:
    """What a version has to fit here."""
    return Ground(catalogue=catalogue.version, shipped=read_card(WEIGHTS)["version"])


def in_use(catalogue: Catalogue) -> InUse:
    """What to load at the start; a version that does not fit any more gives way to the shipped one, and the log says so."""
    try:
        version = shelf().current()
        reason = misfit(version, ground(catalogue))
        if not reason:
            return _opened(version)
    except HotlineError as error:
        reason = error.message
    log.warning("shipped weights are used: %s", reason)
    return InUse(WEIGHTS)


def _opened(version) -> InUse:
    if version.kind != LOCAL:
        return InUse(WEIGHTS if version.name == SHIPPED else version.folder)
    vectors = TermVectors.load(PRETRAINED / "vectors.npz")
    return InUse(WEIGHTS, Local(version.name, LocalHead.load(version.folder), vectors))
