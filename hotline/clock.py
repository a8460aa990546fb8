"""China keeps one time, eight hours before UTC, without summer time."""

from datetime import timedelta, timezone

CHINA = timezone(timedelta(hours=8))
