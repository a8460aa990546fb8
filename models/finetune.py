"""Fine-tuning the network on the exemplars. Deterministic for a seed on one thread.

One pass learns everything: the cell, its city matter, standard matter and lead (each the sum of its cells, so that a mistake
between two clauses of one department costs less than one between departments), the standard matter by a head of its own,
nature, urgency, deciding facts, and the words of the form's fields where an exemplar marks them.
"""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional

from models.encoder import Encoder, half_precision
from models.network import FACTS, SLOTS, Network, NetworkReader

# Slots and facts are mostly zeros: their mean loss is small, and is weighed up to that of the other heads.
HEAVY = {SLOTS: 8.0, FACTS: 10.0}


@dataclass(frozen=True)
class FinetuneConfig:
    """`join` is the share of texts put together with another of the same cell: real messages run longer than exemplars.

    `repeat` is how often an epoch shows a whole ticket (one with marks) for once that it shows a plain exemplar.
    """

    epochs: int = 8
    rate: float = 4e-4
    batch: int = 64
    smoothing: float = 0.05
    join: float = 0.35
    drop: float = 0.1
    repeat: int = 2
    seed: int = 0


@dataclass(frozen=True)
class Shown:
    """A text as one epoch shows it: the row it comes from, and its marks in it (None where it has none)."""

    row: int
    text: str
    slots: Mapping[int, tuple[int, int]] | None


def finetune(
    encoder: Encoder,
    texts: Sequence[str],
    targets: Mapping[str, np.ndarray],
    *,
    sizes: Mapping[str, int],
    groups: Sequence[np.ndarray],
    slots: Sequence[Mapping[int, tuple[int, int]] | None] | None = None,
    config: FinetuneConfig | None = None,
    report: Callable[[str], None] = lambda line: None,
) -> NetworkReader:
    """Train on cleaned texts; each of `groups` maps a cell number to a group number (its matter, its lead).

    `slots` gives for each text slot number → (start, end) in the cleaned text, or None where the text has no marks.
    A loss that is not a number stops the training: FloatingPointError.
    """
    config = config or FinetuneConfig()
    torch.manual_seed(config.seed)
    rng = random.Random(config.seed)
    network = Network(encoder, sizes=sizes).train()
    new = [p for name, p in network.named_parameters() if not name.startswith("encoder.")]
    old = list(network.encoder.parameters())
    plan = [{"params": old, "lr": config.rate}, {"params": new, "lr": 4 * config.rate}]
    optimiser = torch.optim.AdamW(plan, weight_decay=0.01)
    marks = slots or [None] * len(texts)
    rows = [row for row in range(len(texts)) for _ in range(config.repeat if marks[row] is not None else 1)]
    steps = config.epochs * -(-len(rows) // config.batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, [config.rate, 4 * config.rate], total_steps=steps, pct_start=0.1
    )
    tensors = {head: torch.from_numpy(targets[head]) for head in sizes if head in targets}
    maps = [torch.from_numpy(group) for group in groups]
    started = time.monotonic()
    for epoch in range(config.epochs):
        losses = []
        shown = [_vary(row, texts, targets["cells"], marks[row], config, rng) for row in rows]
        for batch in _batches(shown, config.batch, rng):
            loss = _loss(network, batch, tensors, maps, config)
            if not torch.isfinite(loss):
                raise FloatingPointError(f"epoch {epoch + 1}: the loss is {float(loss.detach())}")
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            losses.append(float(loss.detach()))
        report(f"epoch {epoch + 1}/{config.epochs} loss {np.mean(losses):.3f} {time.monotonic() - started:.0f} s")
    return NetworkReader(network)


def _batches(shown: Sequence[Shown], size: int, rng: random.Random) -> list[list[Shown]]:
    """Random batches of texts of like length: what is padded is computed for nothing."""
    order = sorted(shown, key=lambda one: len(one.text) + rng.random() * 12)
    batches = [order[at : at + size] for at in range(0, len(order), size)]
    rng.shuffle(batches)
    return batches


def _vary(
    row: int, texts: Sequence[str], cells: np.ndarray, marks, config: FinetuneConfig, rng: random.Random
) -> Shown:
    """The text, sometimes joined with a neighbour of the same cell, sometimes with a run cut out; a marked one as it is."""
    text = texts[row]
    if marks is not None:
        return Shown(row, text, marks)
    if rng.random() < config.join:
        other = row + rng.choice((-3, -2, -1, 1, 2, 3))
        if 0 <= other < len(texts) and cells[other] == cells[row] and len(texts[other]) < 120:
            text = rng.choice(("{0}，{1}", "{1}。{0}", "{0}。{1}")).format(text, texts[other])
    if rng.random() < config.drop and len(text) > 20:
        at = rng.randrange(len(text) - 6)
        text = text[:at] + text[at + rng.randrange(2, 6) :]
    return Shown(row, text, None)


def _loss(network: Network, batch: Sequence[Shown], tensors, maps, config: FinetuneConfig) -> torch.Tensor:
    numbers = [shown.row for shown in batch]
    ids, mask = network.encoder.tokenise([shown.text for shown in batch])
    with half_precision():
        logits = network(ids, mask)
    logits = {head: values.float() for head, values in logits.items()}
    spans = logits.pop(SLOTS, None)
    chosen = {head: values[numbers] for head, values in tensors.items()}
    loss = joint_loss(logits, chosen, maps, config.smoothing)
    return loss if spans is None else loss + HEAVY[SLOTS] * _slot_loss(network.encoder, spans, batch)


def _slot_loss(encoder: Encoder, logits: torch.Tensor, batch: Sequence[Shown]) -> torch.Tensor:
    """Cross entropy at every character of the marked texts: is it in the place, the time, …; zero where none is marked."""
    wanted, weight = torch.zeros_like(logits), torch.zeros(*logits.shape[:2], 1)
    for number, shown in enumerate(batch):
        if shown.slots is None:
            continue
        kept = encoder.kept(len(shown.text))
        weight[number, 1 : len(kept) + 1] = 1
        for slot, (start, end) in shown.slots.items():
            inside = [at for at, place in enumerate(kept, start=1) if start <= place < end]
            wanted[number, inside, slot] = 1
    losses = functional.binary_cross_entropy_with_logits(logits, wanted, reduction="none") * weight
    return losses.sum() / (weight.sum() * logits.shape[2]).clamp_min(1)


def joint_loss(
    logits: Mapping[str, torch.Tensor],
    targets: Mapping[str, torch.Tensor],
    maps: Sequence[torch.Tensor],
    smoothing: float = 0.05,
) -> torch.Tensor:
    """Cross entropy on the cell, on each group of cells (`maps`: cell → group), and on the other heads.

    A label of -1 is not known and counts for nothing.
    """
    loss = functional.cross_entropy(logits["cells"], targets["cells"], label_smoothing=smoothing)
    logs = functional.log_softmax(logits["cells"], -1)
    for group in maps:
        same = group[None] == group[targets["cells"]][:, None]
        loss = loss - 0.5 * torch.logsumexp(logs.masked_fill(~same, -1e4), -1).clamp_min(-18).mean()
    for head in logits.keys() - {"cells", FACTS}:
        known = targets[head] >= 0
        if known.any():
            one = functional.cross_entropy(logits[head][known], targets[head][known], label_smoothing=smoothing)
            loss = loss + 0.5 * one
    if FACTS in logits:
        loss = loss + HEAVY[FACTS] * functional.binary_cross_entropy_with_logits(logits[FACTS], targets[FACTS])
    return loss
