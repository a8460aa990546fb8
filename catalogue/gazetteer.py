"""Where: names of counties, towns and landmarks in a text, and the one region they point to. Pure.

An alias in `places.csv` is a regular expression, so that 高要 is not read out of 高要求. A name that two counties share
(回龙镇, 坑口) stays undecided until the county is known.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from catalogue.entries import Place

COUNTY, TOWN = "县区", "镇街"


@dataclass(frozen=True)
class Mention:
    """A name found at `start:end` and the places it may mean."""

    text: str
    start: int
    end: int
    places: tuple[Place, ...]


@dataclass(frozen=True)
class Location:
    """The region decided on, or None; `rivals` are regions that a shared name leaves open."""

    region: str | None = None
    town: str | None = None
    mention: Mention | None = None
    rivals: tuple[str, ...] = ()


class Gazetteer:
    """Finds place names in one pass."""

    def __init__(self, places: Iterable[Place]) -> None:
        meanings: dict[str, list[Place]] = {}
        for place in places:
            meanings.setdefault(place.name, []).append(place)
        names = sorted(meanings, key=lambda name: -len(re.sub(r"\(.*?\)", "", name)))
        self._meanings = [tuple(meanings[name]) for name in names]
        self._pattern = re.compile("|".join(f"({name})" for name in names))

    def find(self, text: str) -> list[Mention]:
        """All names in a text, longest first where they overlap, in order of place."""
        return [
            Mention(m.group(), m.start(), m.end(), self._meanings[m.lastindex - 1])
            for m in self._pattern.finditer(text)
        ]

    def locate(self, text: str, *, region: str | None = None) -> Location:
        """The region and town a text speaks of; `region` is what is known from elsewhere.

        A town implies its county. Of several towns the first that fits a county named in the text is taken.
        """
        mentions = self.find(text)
        counties = [m.places[0].region for m in mentions if m.places[0].kind == COUNTY]
        known = {region} if region else set(counties)
        for mention in mentions:
            if mention.places[0].kind == COUNTY:
                continue
            fitting = [place for place in mention.places if place.region and (not known or place.region in known)]
            if len({place.region for place in fitting}) == 1:
                return Location(fitting[0].region, fitting[0].town, mention)
        return _county(mentions, counties, region) or _undecided(mentions)


def _county(mentions: Sequence[Mention], counties: Sequence[str | None], region: str | None) -> Location | None:
    if region:
        return Location(region)
    first = next((m for m in mentions if m.places[0].kind == COUNTY), None)
    return Location(counties[0], None, first) if first else None


def _undecided(mentions: Sequence[Mention]) -> Location:
    """No region; where a shared name was said, its rivals and the name itself are kept for the question."""
    for mention in mentions:
        rivals = tuple(dict.fromkeys(place.region for place in mention.places if place.region))
        if len(rivals) > 1:
            return Location(mention=mention, rivals=rivals)
    return Location()
