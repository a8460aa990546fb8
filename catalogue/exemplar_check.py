"""The exemplars' part of `hotline catalogue check`: labels that exist, enough for each matter, no two alike."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
from scipy.sparse import csr_matrix

from catalogue.check import Fault
from catalogue.entries import NATURES
from catalogue.files import Exemplar
from catalogue.loading import Catalogue

TONES = ("口语", "书面", "粤味", "转写")
LEAST_STANDARD = 12
LEAST_CITY = 8
ALIKE = 0.6


def check_exemplars(catalogue: Catalogue) -> Iterator[Fault]:
    """Every fault of the exemplars."""
    rows = catalogue.exemplars()
    for row in rows:
        yield from _exemplar(catalogue, row)
    yield from _too_few(catalogue, Counter(row.matter for row in rows))
    for one, other, share in alike([row.text for row in rows]):
        words = "相同" if share == 1 else f"几乎相同（{share:.0%} 的三字串一样）"
        yield Fault(rows[other].where, f"例句与 {rows[one].where} {words}：{rows[other].text[:30]}")


def _exemplar(catalogue: Catalogue, row: Exemplar) -> Iterator[Fault]:
    if row.matter not in catalogue.matters:
        yield Fault(row.where, f"例句的事项「{row.matter}」不在目录中")
    for fact, value in row.facts.items():
        if fact not in catalogue.facts or value not in catalogue.facts[fact].values:
            yield Fault(row.where, f"例句的事实「{fact}={value}」不在 facts.yaml 中")
    if row.nature not in NATURES or row.tone not in TONES:
        yield Fault(row.where, f"例句的性质「{row.nature}」或语气「{row.tone}」不认识")
    if not 4 <= len(row.text) <= 400:
        yield Fault(row.where, f"例句长 {len(row.text)} 字，应在 4 到 400 字之间")


def _too_few(catalogue: Catalogue, counts: Counter[str]) -> Iterator[Fault]:
    parents = {matter.standard for matter in catalogue.matters.values() if matter.level == 4}
    short = defaultdict(list)
    for code, matter in catalogue.matters.items():
        least = LEAST_CITY if matter.level == 4 else 0 if code in parents else LEAST_STANDARD
        if counts[code] < least:
            short[code[:2], least].append(f"{code}({counts[code]})")
    for (branch, least), codes in short.items():
        yield Fault(f"exemplars/{branch}.tsv", f"例句不足 {least} 条的事项：{'、'.join(codes)}")


def alike(texts: Sequence[str], *, least: float = ALIKE, rare: int = 60) -> list[tuple[int, int, float]]:
    """Pairs of texts whose sets of three-character runs overlap by more than `least` (Jaccard), as numbers and overlap.

    Only runs found in at most `rare` texts are counted for finding candidates: what two thousand texts say says nothing of
    two being alike, and pairs that share no rarer run at all do not overlap that far.
    """
    runs = [{text[at : at + 3] for at in range(max(1, len(text) - 2))} for text in map(_plain, texts)]
    names = {name: number for number, name in enumerate(dict.fromkeys(run for found in runs for run in found))}
    rows = np.repeat(np.arange(len(runs)), [len(found) for found in runs])
    columns = np.fromiter((names[run] for found in runs for run in found), dtype=np.int64, count=len(rows))
    matrix = csr_matrix((np.ones(len(rows), dtype=np.float32), (rows, columns)), shape=(len(runs), len(names)))
    spread = np.asarray(matrix.sum(axis=0)).ravel()
    telling = matrix[:, (spread > 1) & (spread <= rare)]
    shared = (telling @ telling.T).tocoo()
    sizes = np.array([len(found) for found in runs])
    upper = (shared.row < shared.col) & (shared.data >= 0.25 * np.minimum(sizes[shared.row], sizes[shared.col]))
    pairs = []
    for one, other in zip(shared.row[upper].tolist(), shared.col[upper].tolist(), strict=True):
        overlap = len(runs[one] & runs[other]) / len(runs[one] | runs[other])
        if overlap > least:
            pairs.append((one, other, overlap))
    return sorted(pairs)


def _plain(text: str) -> str:
    return "".join(character for character in text if character.isalnum())
