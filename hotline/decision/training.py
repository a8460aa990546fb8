"""Training the whole road: the readers, then the lines of the decision on top of them."""

from collections.abc import Callable
from pathlib import Path

from catalogue import Catalogue
from hotline.decision.decide import Lines
from hotline.decision.lines import fit_lines
from hotline.decision.suggester import Road
from models.reader import read_card
from models.training import CALIBRATION, load_tickets, train, write_card
from routing_rules.engine import load as load_rules


def train_road(
    catalogue: Catalogue,
    *,
    pretrained: Path,
    output: Path,
    epochs: int,
    precision: float,
    seed: int,
    report: Callable[[str], None],
) -> dict:
    """Train, fit the lines, write `model.json`; returns the card."""
    reader = train(catalogue, pretrained=pretrained, output=output, epochs=epochs, seed=seed, report=report)
    return refit_lines(
        Road(catalogue=catalogue, reader=reader, rules=load_rules(), lines=Lines()), output, precision, report
    )


def refit_lines(road: Road, output: Path, precision: float, report: Callable[[str], None]) -> dict:
    """Fit the lines of a road on the calibration tickets and write them into its card."""
    tickets = load_tickets(CALIBRATION)
    card = read_card(output)
    card["lines"] = fit_lines(road, tickets, precision=precision)
    card["promise"] = {"precision": precision, "coverage": 0.95, "tickets": len(tickets)}
    write_card(output, card)
    report(f"直派线等：{card['lines']}")
    return card
