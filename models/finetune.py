"""Fine-tuning the network on the exemplars. Deterministic for a seed on one thread.

The loss is on the cell, on its matter and on its lead (each the sum of its cells), and on the nature: a mistake between
two clauses of one department costs less than one between departments.
"""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional

from models.encoder import Encoder, half_precision
from models.network import Network, NetworkReader


@dataclass(frozen=True)
class FinetuneConfig:
    """`join` is the share of texts put together with another of the same cell: real messages run longer than exemplars."""

    epochs: int = 10
    rate: float = 4e-4
    batch: int = 64
    smoothing: float = 0.05
    join: float = 0.35
    drop: float = 0.1
    seed: int = 0


def finetune(
    encoder: Encoder,
    texts: Sequence[str],
    targets: Mapping[str, np.ndarray],
    *,
    sizes: Mapping[str, int],
    groups: Sequence[np.ndarray],
    config: FinetuneConfig | None = None,
    report: Callable[[str], None] = lambda line: None,
) -> NetworkReader:
    """Train on cleaned texts; each of `groups` maps a cell number to a group number (its matter, its lead)."""
    config = config or FinetuneConfig()
    torch.manual_seed(config.seed)
    rng = random.Random(config.seed)
    network = Network(encoder, sizes=sizes).train()
    new = [p for name, p in network.named_parameters() if not name.startswith("encoder.")]
    old = list(network.encoder.parameters())
    plan = [{"params": old, "lr": config.rate}, {"params": new, "lr": 4 * config.rate}]
    optimiser = torch.optim.AdamW(plan, weight_decay=0.01)
    steps = config.epochs * -(-len(texts) // config.batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, [config.rate, 4 * config.rate], total_steps=steps, pct_start=0.1
    )
    tensors = {head: torch.from_numpy(values) for head, values in targets.items()}
    maps = [torch.from_numpy(group) for group in groups]
    started = time.monotonic()
    for epoch in range(config.epochs):
        losses = []
        for numbers in _batches(texts, config.batch, rng):
            batch = [_vary(number, texts, targets["cells"], config, rng) for number in numbers]
            with half_precision():
                logits = network(*network.encoder.tokenise(batch))
            logits = {head: values.float() for head, values in logits.items()}
            loss = joint_loss(
                logits, {head: values[numbers] for head, values in tensors.items()}, maps, config.smoothing
            )
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            losses.append(float(loss.detach()))
        report(f"epoch {epoch + 1}/{config.epochs} loss {np.mean(losses):.3f} {time.monotonic() - started:.0f} s")
    return NetworkReader(network)


def _batches(texts: Sequence[str], size: int, rng: random.Random) -> list[list[int]]:
    """Random batches of texts of like length."""
    order = sorted(range(len(texts)), key=lambda number: len(texts[number]) + rng.random() * 12)
    batches = [order[at : at + size] for at in range(0, len(order), size)]
    rng.shuffle(batches)
    return batches


def _vary(number: int, texts: Sequence[str], cells: np.ndarray, config: FinetuneConfig, rng: random.Random) -> str:
    """The text, sometimes joined with a neighbour of the same cell, sometimes with a run cut out."""
    text = texts[number]
    if rng.random() < config.join:
        other = number + rng.choice((-3, -2, -1, 1, 2, 3))
        if 0 <= other < len(texts) and cells[other] == cells[number]:
            text = rng.choice(("{0}，{1}", "{1}。{0}", "{0}。{1}")).format(text, texts[other])
    if rng.random() < config.drop and len(text) > 20:
        at = rng.randrange(len(text) - 6)
        text = text[:at] + text[at + rng.randrange(2, 6) :]
    return text


def joint_loss(
    logits: Mapping[str, torch.Tensor],
    targets: Mapping[str, torch.Tensor],
    maps: Sequence[torch.Tensor],
    smoothing: float = 0.05,
) -> torch.Tensor:
    """Cross entropy on the cell, on each group of cells (`maps`: cell → group), and on the other heads."""
    loss = functional.cross_entropy(logits["cells"], targets["cells"], label_smoothing=smoothing)
    logs = functional.log_softmax(logits["cells"], -1)
    for group in maps:
        mass = torch.zeros(len(logs), int(group.max()) + 1).index_add(1, group, logs.exp())
        loss = loss + 0.5 * functional.nll_loss(mass.clamp_min(1e-8).log(), group[targets["cells"]])
    for head in logits.keys() - {"cells"}:
        loss = loss + 0.5 * functional.cross_entropy(logits[head], targets[head], label_smoothing=smoothing)
    return loss
