"""`hotline bench ingredients`: what each ingredient of the training is worth, so that the next effort goes where it pays.

The dense reader (the quickest that is not naive) is trained anew without one ingredient at a time and scored on a labelled
file by clause: its lead's and its matter's share right. Differences count, not the level: the shipped stack is better.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from catalogue import Catalogue
from catalogue.files import Exemplar
from models.corpus import clean
from models.dense import DenseConfig, train_dense
from models.labels import Labels, examples
from models.training import cell_groups, load_tickets, ticket_text
from models.vectors import TermVectors

Rows = Sequence[Exemplar]


def variants(catalogue: Catalogue) -> dict[str, Rows]:
    """Training sets by name: all exemplars, and each without something."""
    rows = catalogue.exemplars()
    clauses = [
        Exemplar(matter.code, {}, matter.nature, "书面", f"{matter.name}，{matter.definition}", "matters")
        for matter in catalogue.matters.values()
        if matter.definition
    ]
    return {
        "全部例句": rows,
        "每条款至多 2 条": _at_most(catalogue, rows, 2),
        "每条款至多 4 条": _at_most(catalogue, rows, 4),
        "不用整张工单": [row for row in rows if row.slots is None],
        "不用长例句": [row for row in rows if len(row.text) < 60],
        "不用四级事项的例句": [row for row in rows if "-city" not in row.where],
        "加上事项定义": [*rows, *clauses],
    }


def _at_most(catalogue: Catalogue, rows: Rows, most: int) -> Rows:
    kept: dict[str, list[Exemplar]] = defaultdict(list)
    for row in rows:
        clause = catalogue.clause_for(row.matter, row.facts)
        if clause is not None and len(kept[clause.id]) < most:
            kept[clause.id].append(row)
    return [row for found in kept.values() for row in found]


def measure(
    catalogue: Catalogue, gold: Path, *, pretrained: Path, epochs: int = 7, watch: Callable[[Iterable], Iterable] = list
) -> list[Mapping[str, float | str]]:
    """A row for each variant: exemplars used, lead@1 and matter@1 with the standard error of each."""
    tickets = [ticket for ticket in load_tickets(gold) if ticket["gold"]["lead"] and ticket["gold"]["matter"]]
    texts = [ticket_text(ticket) for ticket in tickets]
    vectors, labels = TermVectors.load(pretrained / "vectors.npz"), Labels.of(catalogue)
    own = TermVectors.fit([clean(row.text) for row in catalogue.exemplars()])
    trials = [(name, rows, vectors) for name, rows in variants(catalogue).items()]
    trials.append(("词向量只用例句", catalogue.exemplars(), own))
    out = []
    for name, rows, space in watch(trials):
        data = examples(catalogue, rows)
        reader = train_dense(
            [clean(text) for text in data.texts],
            {head: data.targets[head] for head in labels.sizes},
            sizes=labels.sizes,
            vectors=space,
            groups=cell_groups(catalogue, labels),
            config=replace(DenseConfig(), epochs=epochs),
        )
        mass = np.exp(reader.log_probabilities(texts)["cells"])
        out.append({"variant": name, "exemplars": len(data.texts), **_scores(catalogue, labels, mass, tickets)})
    return out


def _scores(catalogue: Catalogue, labels: Labels, mass: np.ndarray, tickets: Sequence[Mapping]) -> dict[str, float]:
    leads = np.array([catalogue.by_id[cell].lead for cell in labels.cells])
    matters = np.array([cell[:6] for cell in labels.cells])
    out: dict[str, float] = {}
    for name, key, classes in (("lead@1", "lead", leads), ("matter@1", "matter", matters)):
        names, number = np.unique(classes, return_inverse=True)
        sums = np.zeros((len(mass), len(names)))
        np.add.at(sums.T, number, mass.T)
        hits = [names[row.argmax()] in ticket["gold"][key] for row, ticket in zip(sums, tickets, strict=True)]
        out[name] = round(float(np.mean(hits)), 4)
        out[f"{name} ±"] = round(float(np.std(hits) / len(hits) ** 0.5), 4)
    return out
