"""What commands say to people while they work: always on stderr, so that stdout stays data."""

import sys


def say(line: str) -> None:
    """One line on stderr, at once."""
    print(line, file=sys.stderr, flush=True)
