"""Until when a ticket must be answered: the figures are data of `routing_rules`, the clock is China's."""

from datetime import datetime

from catalogue.errors import HotlineError
from hotline.clock import CHINA
from routing_rules.deadlines import due


def deadline(
    start: datetime, *, nature: str | None, urgent: bool, matter: str | None = None
) -> tuple[datetime | None, str]:
    """When a ticket is due, and "" or why that is not known (a year whose holidays are not yet published)."""
    try:
        return due(start.astimezone(CHINA), nature=nature or "其他", urgent=urgent, matter=matter or ""), ""
    except HotlineError as error:
        # A call is filed all the same; its history says that somebody must set the date.
        return None, error.message
