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
    encoder: str | None = None,
    precision: float,
    coverage: float = 0.95,
    seed: int,
    report: Callable[[str], None],
) -> dict:
    """Train, fit the lines, write `model.json`; returns the card."""
    reader = train(
        catalogue, pretrained=pretrained, output=output, encoder=encoder, epochs=epochs, seed=seed, report=report
    )
    return refit_lines(
        Road(catalogue=catalogue, reader=reader, rules=load_rules(), lines=Lines()),
        output,
        precision=precision,
        coverage=coverage,
        report=report,
    )


def refit_lines(
    road: Road, output: Path, *, precision: float, coverage: float = 0.95, report: Callable[[str], None]
) -> dict:
    """Fit the lines of a road on the calibration tickets and write them into its card."""
    tickets = load_tickets(CALIBRATION)
    card = read_card(output)
    card["lines"] = fit_lines(road, tickets, precision=precision, coverage=coverage)
    card["promise"] = {"precision": precision, "coverage": coverage, "tickets": len(tickets)}
    write_card(output, card)
    report(f"直派线等：{card['lines']}")
    return card
