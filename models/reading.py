"""What the reader hands on: a reading of one call. Pure data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Evidence:
    """A field's value with the exact words that prove it: `text` is `call.text[start:end]`; confidence 0 to 1."""

    value: str
    text: str
    start: int
    end: int
    confidence: float


@dataclass(frozen=True)
class Span:
    """A stretch `start:end` of `Call.text` that a tagger took for a field, with its confidence 0 to 1."""

    start: int
    end: int
    confidence: float


@dataclass(frozen=True)
class Call:
    """A call as the models see it. `text` is the whole (turns joined by newlines), `caller` the caller's words alone.

    `spans` are (who, start, end) in `text`; a plain text is one span of the caller's. `title` is what a web form's title
    said; it is read for the matter, but evidence is only taken from `text`.
    """

    text: str
    caller: str
    title: str = ""
    spans: tuple[tuple[str, int, int], ...] = ()

    @classmethod
    def of(cls, *, text: str = "", title: str = "", turns: Sequence[Mapping[str, str]] = ()) -> "Call":
        """From a text, or from turns `{"who": "agent|caller", "text"}`."""
        if not turns:
            return cls(text=text, caller=text, title=title, spans=(("caller", 0, len(text)),))
        spans, at = [], 0
        for turn in turns:
            spans.append((turn["who"], at, at + len(turn["text"])))
            at += len(turn["text"]) + 1
        whole = "\n".join(turn["text"] for turn in turns)
        caller = "\n".join(turn["text"] for turn in turns if turn["who"] != "agent")
        return cls(text=whole, caller=caller or whole, title=title, spans=tuple(spans))

    def of_caller(self, position: int) -> bool:
        """Whether a position of `text` lies in the caller's words."""
        return any(who != "agent" and start <= position < end for who, start, end in self.spans)

    @property
    def read(self) -> str:
        """What the classifier reads: title and the caller's words."""
        return f"{self.title} {self.caller}".strip()

    @property
    def sources(self) -> list[int]:
        """For every character of `read` its place in `text`; -1 for the title, which proves nothing, and between turns."""
        own = [span for span in self.spans if span[0] != "agent"] or list(self.spans)
        places: list[int] = []
        for _, start, end in own:
            places += [*range(start, end), -1]
        whole = f"{self.title} {self.caller}"
        places = [-1] * (len(self.title) + 1) + places[: len(self.caller)]
        left = len(whole) - len(whole.lstrip())
        return places[left : left + len(whole.strip())]


@dataclass(frozen=True)
class Reading:
    """A reading: probabilities over clauses and natures, the form, the deciding facts the words show."""

    call: Call
    cells: Mapping[str, float]
    nature: Mapping[str, float]
    urgent: bool
    fields: Mapping[str, Evidence | None]
    facts: Mapping[str, Evidence]
    version: str

    @property
    def seen(self) -> dict[str, str]:
        """The deciding facts the words show, as fact → value."""
        return {fact: shown.value for fact, shown in self.facts.items()}
