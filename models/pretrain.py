"""Pre-training by masking: `hotline pretrain CORPUS` makes the encoder again from a city's own unlabelled texts.

    hotline pretrain corpus.jsonl.gz --output models/weights/encoder --epochs 3

Masks 20 % of the characters in runs of one to three (a Chinese word is about that long) and learns to restore them
(Devlin et al. 2019, BERT; span masking after Joshi et al. 2020). Only numbers come out: characters and weights.
"""

import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from scipy.sparse import coo_matrix
from scipy.sparse.linalg import svds
from torch.nn import functional

from models.encoder import MASK, SPECIALS, Encoder, EncoderConfig, characters, half_precision

Report = Callable[[str], None]


def mask_runs(
    ids: torch.Tensor, *, rate: float, vocabulary: int, rng: random.Random
) -> tuple[torch.Tensor, torch.Tensor]:
    """Hide runs of characters: (masked ids, labels), labels -100 where nothing is asked. Both shaped as `ids`."""
    hidden = ids.clone()
    labels = torch.full_like(ids, -100)
    for row in range(len(ids)):
        places = [place for place, token in enumerate(ids[row].tolist()) if token >= len(SPECIALS)]
        wanted = max(1, int(rate * len(places)))
        while places and wanted > 0:
            start = rng.randrange(len(places))
            for place in places[start : start + rng.choice((1, 1, 2, 2, 3))]:
                labels[row, place] = ids[row, place]
                dice = rng.random()
                if dice < 0.8:
                    hidden[row, place] = MASK
                elif dice < 0.9:
                    hidden[row, place] = rng.randrange(len(SPECIALS), vocabulary)
                wanted -= 1
    return hidden, labels


def company(texts: Sequence[str], *, encoder: Encoder, window: int = 4, chunk: int = 400_000) -> torch.Tensor:
    """A first embedding (vocabulary, hidden) from the company characters keep: SVD of positive pointwise information.

    With a few million characters to learn from, starting here saves the encoder about half of its steps
    (Levy and Goldberg 2014: this is what skip-gram vectors factorise).
    """
    size = len(encoder.vocabulary)
    stream = np.array([encoder.index.get(c, 1) for text in texts for c in (*text, "[SEP]")], dtype=np.int64)
    counts = coo_matrix((size, size), dtype=np.float32).tocsr()
    for step in range(1, window + 1):
        for at in range(0, len(stream) - step, chunk):
            left = stream[at : at + chunk][: len(stream) - step - at]
            right = stream[at + step : at + step + len(left)]
            ones = np.full(len(left), 1.0 / step, np.float32)
            counts += coo_matrix((ones, (left, right)), shape=(size, size)).tocsr()
    counts = (counts + counts.T).tocoo()
    totals = np.asarray(counts.sum(axis=1)).ravel() + 1e-6
    smooth = totals**0.75
    value = np.log(counts.data * smooth.sum() / (totals[counts.row] * smooth[counts.col]))
    keep = value > 0
    ppmi = coo_matrix((value[keep], (counts.row[keep], counts.col[keep])), shape=(size, size)).tocsr()
    left, values, _ = svds(ppmi.astype(np.float32), k=encoder.config.hidden, random_state=0)
    vectors = left * np.sqrt(values)
    return torch.from_numpy((vectors / vectors.std() * 0.04).astype(np.float32))


def batches(texts: Sequence[str], *, size: int, length: int, rng: random.Random) -> list[list[str]]:
    """Texts cut to `length`, those of like length together, in random order; `size` counts characters."""
    pieces = [text[at : at + length - 2] for text in texts for at in range(0, len(text), length - 2)]
    pieces = sorted((piece for piece in pieces if len(piece) >= 8), key=lambda piece: (len(piece) // 8, rng.random()))
    out: list[list[str]] = []
    batch: list[str] = []
    for piece in pieces:
        batch.append(piece)
        if len(piece) * len(batch) >= size:
            out.append(batch)
            batch = []
    out += [batch] if batch else []
    rng.shuffle(out)
    return out


def pretrain(
    texts: Sequence[str],
    *,
    config: EncoderConfig | None = None,
    epochs: int = 3,
    minutes: float | None = None,
    length: int = 128,
    rate: float = 1e-3,
    seed: int = 0,
    checkpoint: Path | None = None,
    start: Encoder | None = None,
    report: Report = lambda line: None,
) -> Encoder:
    """Train an encoder on cleaned texts; stops after `epochs`, or near `minutes` with the schedule fitted to it.

    `start` goes on with an encoder trained before, its vocabulary and shape.
    """
    torch.manual_seed(seed)
    rng = random.Random(seed)
    encoder = start or _fresh(texts, config or EncoderConfig())
    head = torch.nn.Linear(encoder.config.hidden, encoder.config.hidden)
    bias = torch.nn.Parameter(torch.zeros(len(encoder.vocabulary)))
    parameters = [*encoder.parameters(), *head.parameters(), bias]
    optimiser = torch.optim.AdamW(parameters, lr=rate, weight_decay=0.01, betas=(0.9, 0.98))
    started, step, losses = time.monotonic(), 0, []
    encoder.train()
    for epoch in range(epochs):
        plan = batches(texts, size=2048, length=length, rng=rng)
        for batch in plan:
            done = (step + 1) / (epochs * len(plan))
            if minutes:
                done = max(done, (time.monotonic() - started) / 60 / minutes)
            for group in optimiser.param_groups:
                group["lr"] = rate * min(1.0, step / 200, max(0.02, 1.02 - done))
            losses.append(_step(encoder, head, bias, optimiser, batch, rng))
            step += 1
            if step % 100 == 0:
                mean = sum(losses[-100:]) / 100
                report(f"epoch {epoch + 1} step {step} loss {mean:.3f} {time.monotonic() - started:.0f} s")
            if checkpoint and step % 1000 == 0:
                encoder.save(checkpoint)
            if done >= 1.0 and minutes:
                return encoder.eval()
    return encoder.eval()


def _fresh(texts: Sequence[str], config: EncoderConfig) -> Encoder:
    encoder = Encoder(config=config, vocabulary=characters(texts, least=5))
    with torch.no_grad():
        encoder.bert.embeddings.word_embeddings.weight.copy_(company(texts, encoder=encoder))
    return encoder


def _step(encoder, head, bias, optimiser, batch, rng) -> float:
    """One step on one batch; the loss in nats a hidden character."""
    ids, mask = encoder.tokenise(batch)
    hidden, labels = mask_runs(ids, rate=0.2, vocabulary=len(encoder.vocabulary), rng=rng)
    asked = labels != -100
    with half_precision():
        states = functional.gelu(head(encoder(hidden, mask)[asked]))
        scores = states @ encoder.bert.embeddings.word_embeddings.weight.T + bias
    loss = functional.cross_entropy(scores.float(), labels[asked])
    optimiser.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(encoder.parameters(), 1.0)
    optimiser.step()
    return float(loss.detach())
