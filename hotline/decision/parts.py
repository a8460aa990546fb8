"""Roads with one part of the reader alone, to be measured beside the whole."""

from hotline.decision.suggester import Road
from models.reader import Reader
from models.retrieval import RetrievalReader


def alone(road: Road, name: str, part: object | None = None) -> Road:
    """The same road with one part of its reader alone (or with another part in its place)."""
    reader = road.reader
    alone = Reader(
        catalogue=reader.catalogue,
        parts={name: part or reader.parts[name]},
        blend={name: 1.0},
        version=reader.version,
        labels=reader.labels,
    )
    return Road(catalogue=road.catalogue, reader=alone, rules=road.rules, lines=road.lines)


def each_part(road: Road) -> dict[str, Road]:
    """Every part of the reader alone, and retrieval over the exemplars and clause texts, which is measured only."""
    reader = road.reader
    roads = {name: alone(road, name) for name in reader.parts}
    if "network" in reader.parts:
        retrieval = RetrievalReader(reader.parts["network"], reader.catalogue, reader.labels)
        roads["retrieval"] = alone(road, "retrieval", retrieval)
    return roads
