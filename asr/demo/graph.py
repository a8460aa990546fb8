"""The decoding graph of the demonstration model: trigram language model, lexicon, composed with kaldifst.

G (which word follows which) and L (a word's phones) are composed, determinised and minimised; CTC's topology (a
phone lasts any number of frames, blanks between) turns phones into the acoustic network's outputs.
"""

import math
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import kaldifst

from asr.demo import texts
from asr.demo.phones import BLANK, PHONE_IDS, PHONES, word_phones

INVENTED = 12_000
CALL_WEIGHT = 5
DISCOUNT = 0.6
START, END = "<s>", "</s>"
History = tuple[str, ...]


@dataclass
class Counts:
    """How often each word follows each history of 0, 1 or 2 words."""

    after: dict[History, Counter] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, sentence: list[str], *, weight: int) -> None:
        """Count one sentence."""
        path = [START, *sentence, END]
        for place in range(1, len(path)):
            for length in (0, 1, 2):
                if place >= length:
                    self.after[tuple(path[place - length : place])][path[place]] += weight


def sources(*, calls: bool = True) -> list[tuple[str, int]]:
    """The sentences of the language model with their weights; held-out ones are not among them."""
    exemplars = texts.not_held_out(texts.exemplars())
    lists = [
        line for name in ("agent", "openings", "times", "spots", "demands", "problems") for line in texts.lines(name)
    ]
    weighted = [(sentence, 1) for sentence in texts.hotline_sentences(INVENTED, seed=7)]
    weighted += [(sentence, 2) for sentence in exemplars]
    weighted += [(sentence, 5) for sentence in lists]
    turns = [turn["text"] for script in texts.scripts() for turn in script["turns"]] if calls else []
    return weighted + [(turn, CALL_WEIGHT) for turn in turns]


def speakable(sentence: str) -> list[str]:
    """The words of a sentence that the phones can spell; punctuation is not heard."""
    return [word for word in texts.words(sentence) if word_phones(word)]


def vocabulary(sentences: list[tuple[list[str], int]], *, at_least: int) -> set[str]:
    """Words heard often enough, and every single character, so that a rare word can be spelled."""
    seen = Counter[str]()
    for sentence, weight in sentences:
        for word in sentence:
            seen[word] += weight
    common = {word for word, count in seen.items() if count >= at_least}
    return common | {character for word in seen for character in word if word_phones(character)}


def count(*, at_least: int = 8, calls: bool = True) -> tuple[Counts, list[str]]:
    """The counts and the sorted vocabulary; a word outside it is counted as its characters."""
    sentences = [(speakable(sentence), weight) for sentence, weight in sources(calls=calls)]
    known = vocabulary(sentences, at_least=at_least)
    counts = Counts()
    for sentence, weight in sentences:
        counts.add([part for word in sentence for part in ([word] if word in known else list(word))], weight=weight)
    for word in known:
        counts.after[()][word] += 1
    return counts, sorted(known)


class Grammar:
    """The back-off n-gram as a text automaton; state 0 is the start, histories are states."""

    def __init__(self, counts: Counts, words: dict[str, int], *, least_gain: float) -> None:
        self.counts, self.words, self.least_gain = counts, words, least_gain
        self.totals = {history: sum(after.values()) for history, after in counts.after.items()}
        self.backoff_label = len(words) + 1
        self.kept = {history: self._kept(history) for history in counts.after}
        self.kept = {history: kept for history, kept in self.kept.items() if kept or history == ()}
        self.states = {history: number for number, history in enumerate(sorted(self.kept, key=lambda h: h != (START,)))}

    def _kept(self, history: History) -> dict[str, int]:
        after = self.counts.after[history]
        if not history:
            return dict(after)
        return {
            word: n for word, n in after.items() if n > len(history) and self._gain(history, word) >= self.least_gain
        }

    def _gain(self, history: History, word: str) -> float:
        """By how much the training text gets likelier (in nats) if this n-gram is kept and not backed off."""
        number, shorter = self.counts.after[history][word], history[1:]
        without = self.counts.after[shorter][word] / self.totals[shorter]
        return number * math.log((number - DISCOUNT) / self.totals[history] / without)

    def _state(self, history: History) -> int:
        while history not in self.states:
            history = history[1:]
        return self.states[history]

    def lines(self) -> list[str]:
        """Arcs `from to word word cost`, then final states `state cost`."""
        arcs, finals = [], []
        for history, kept in self.kept.items():
            state, total, used = self.states[history], self.totals[history], 0.0
            discount = DISCOUNT if history else 0.0
            for word, number in kept.items():
                chance = (number - discount) / total
                used += chance
                if word == END:
                    finals.append(f"{state} {-math.log(chance):.2f}")
                else:
                    target = self._state((*history, word)[-2:])
                    arcs.append(f"{state} {target} {self.words[word]} {self.words[word]} {-math.log(chance):.2f}")
            if history:
                cost = -math.log(max(1 - used, 1e-3))
                arcs.append(f"{state} {self._state(history[1:])} {self.backoff_label} 0 {cost:.2f}")
        return sorted(arcs, key=lambda arc: not arc.startswith("0 ")) + finals


def lexicon(words: dict[str, int]) -> list[str]:
    """The lexicon's arcs, with a marker after every pronunciation that is shared or begins another."""
    spelled = {word: tuple(PHONE_IDS[phone] for phone in word_phones(word)) for word in words}
    begins = {phones[:size] for phones in spelled.values() for size in range(1, len(phones))}
    shared, used = Counter(spelled.values()), Counter[tuple[int, ...]]()
    first_marker = len(PHONES) + 3
    arcs, fresh = [], 1
    for word, phones in spelled.items():
        path = list(phones)
        if shared[phones] > 1 or phones in begins:
            path.append(first_marker + used[phones])
            used[phones] += 1
        state = 0
        for place, phone in enumerate(path):
            target = 0 if place == len(path) - 1 else fresh
            fresh += target != 0
            arcs.append(f"{state} {target} {phone} {words[word] if place == 0 else 0}")
            state = target
    return [*arcs, f"0 0 {len(PHONES) + 2} {len(words) + 1}", "0"]


Arc = tuple[int, int, int, int, str]


def arcs_and_finals(graph: kaldifst.StdVectorFst, *, backoff_label: int) -> tuple[list[Arc], list[str]]:
    """(from, to, phone, word, cost) with markers and back-off labels turned into epsilon, and the final states' lines."""
    arcs, finals = [], []
    for line in graph.to_str().strip().splitlines():
        parts = line.split()
        if len(parts) < 4:
            finals.append(line)
            continue
        phone, word = int(parts[2]), int(parts[3])
        cost = parts[4] if len(parts) > 4 else "0"
        kept = (0 if phone > BLANK else phone, 0 if word >= backoff_label else word)
        arcs.append((int(parts[0]), int(parts[1]), *kept, cost))
    return arcs, finals


def with_topology(arcs: list[Arc], finals: list[str]) -> list[str]:
    """CTC over the phones: transition-id 2p enters phone p, 2p-1 repeats it, blanks may follow at no cost.

    A state that is entered by one phone alone repeats it in place; others get a state in front for each phone. (A phone
    right after itself would need a blank between; initials and finals alternate, so none is.)
    """
    entered: dict[int, set[int]] = defaultdict(set)
    for _, target, phone, _, _ in arcs:
        entered[target].add(phone)
    states = {0} | {state for arc in arcs for state in arc[:2]}
    fresh, lines = max(states) + 1, []
    fronts: dict[tuple[int, int], int] = {}
    for source, target, phone, word, cost in arcs:
        if not phone:
            lines.append(f"{source} {target} 0 {word} {cost}")
        elif len(entered[target]) == 1:
            lines.append(f"{source} {target} {2 * phone} {word} {cost}")
        else:
            front = fronts.setdefault((phone, target), fresh + len(fronts))
            lines.append(f"{source} {front} {2 * phone} {word} {cost}")
    for (phone, target), front in fronts.items():
        lines += [f"{front} {front} {2 * phone - 1} 0 0", f"{front} {target} 0 0 0"]
    for state in states:
        lines.append(f"{state} {state} {2 * BLANK - 1} 0 0")
        (only,) = entered[state] if len(entered[state]) == 1 else (0,)
        lines += [f"{state} {state} {2 * only - 1} 0 0"] if only else []
    return [*lines, *finals]


def compose(words: dict[str, int], grammar: Grammar) -> kaldifst.StdVectorFst:
    """CTC topology over min(det(L ∘ G))."""
    lex, gram = kaldifst.compile("\n".join(lexicon(words)) + "\n"), kaldifst.compile("\n".join(grammar.lines()) + "\n")
    kaldifst.arcsort(lex, "olabel")
    kaldifst.arcsort(gram, "ilabel")
    graph = kaldifst.compose(lex, gram)
    kaldifst.determinize_star(graph)
    kaldifst.minimize_encoded(graph)
    arcs, finals = arcs_and_finals(graph, backoff_label=grammar.backoff_label)
    return kaldifst.compile("\n".join(with_topology(arcs, finals)) + "\n")


# Gains below which n-grams are left out; the first that keeps the graph within LARGEST bytes is taken.
LEAST_GAINS = (0, 4, 6, 8, 9, 10, 11, 12, 13, 14, 16, 20, 30, 50)
LARGEST = 5_150_000


def write_graph(folder: Path, *, calls: bool = True) -> None:
    """Write `graph/HCLG.fst` and `graph/words.txt`; without `calls` the sample calls stay unknown to it."""
    counts, known = count(calls=calls)
    words = {word: number for number, word in enumerate(known, start=1)}
    target = folder / "graph"
    target.mkdir(parents=True, exist_ok=True)
    for least_gain in LEAST_GAINS:
        grammar = Grammar(counts, words, least_gain=least_gain)
        compose(words, grammar).write(str(target / "HCLG.fst"))
        size = (target / "HCLG.fst").stat().st_size
        print(
            f"词 {len(words)}，语言模型弧 {sum(map(len, grammar.kept.values()))}，解码图 {size / 1e6:.1f} MB，门槛 {least_gain}"
        )
        if size <= LARGEST:
            break
    listed = "".join(f"{word} {number}\n" for word, number in words.items())
    (target / "words.txt").write_text(f"<eps> 0\n{listed}#0 {len(words) + 1}\n", encoding="utf-8")
