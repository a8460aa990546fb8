"""Full-text search over articles: BM25 over character bigrams, in memory.

Articles are few (thousands at most), so an index in memory is exact, needs no extension of any database and is the
same on SQLite and PostgreSQL. A result below the floor is not shown: better no answer than a wrong one.
"""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from hotline.answers.shelf import Article, load

# BM25's usual constants; a title or variant says what the article is about, so it counts as three bodies.
K1, B, TITLE_WEIGHT = 1.2, 0.6, 3
UNKNOWN = "知识库里没有合适的答案，请转人工核实后答复"

_RUNS = re.compile(r"[一-鿿]+|[a-z0-9]+")
# Words of every question, which say nothing about its subject.
_EMPTY = re.compile(
    r"您好|你好|请问|我想|咨询|一下|想问|怎么办|怎么样?|如何|什么时候|什么|哪里|哪儿|是不是|能不能|可不可以|可以|需要|是否"
    r"|有没有|多少|多久|办理|为什么|今天|明天|开始|时候|电话|投诉|你们|我们|他们|知道|这边|那边|这个|那个|现在|如果|已经|就是"
    r"|的|了|吗|呢|啊|吧|呀|我|你|您|请|是|不|想|问"
)
# A question of about six telling bigrams: in a longer telling the rest is story, and is not held against the article.
WHOLE = 40.0


@dataclass(frozen=True)
class Found:
    """An article and how well it fits: the share of the question's weight that it accounts for, about 0 to 1."""

    article: Article
    score: float


def tokens(text: str) -> list[str]:
    """Bigrams of Chinese runs, words of Latin ones; a lone character says too little."""
    out = []
    for run in _RUNS.findall(_EMPTY.sub(" ", text.lower())):
        out.extend([run] if run[0].isascii() else [run[i : i + 2] for i in range(len(run) - 1)])
    return out


class Index:
    """Searchable articles. Building takes about 0.1 ms an article; a search well under 1 ms for hundreds."""

    def __init__(self, articles: Sequence[Article]) -> None:
        self._articles = articles
        self._counts = [_count(article) for article in articles]
        self._lengths = [sum(count.values()) for count in self._counts]
        self._mean = sum(self._lengths) / max(len(self._lengths), 1)
        self._spread = Counter(token for count in self._counts for token in count)

    def search(self, query: str, *, limit: int = 5, floor: float = 0.0) -> list[Found]:
        """The best articles, best first; none that fits worse than `floor`."""
        terms = dict.fromkeys(tokens(query[:400]))
        weights = {term: self._rarity(term) for term in terms}
        whole = min(sum(weights.values()) * (K1 + 1), WHOLE)
        if not whole:
            return []
        found = [Found(article, self._score(place, weights) / whole) for place, article in enumerate(self._articles)]
        found = sorted((item for item in found if item.score > max(floor, 1e-9)), key=lambda item: -item.score)
        return found[:limit]

    def _rarity(self, term: str) -> float:
        spread = self._spread.get(term, 0)
        return math.log(1 + (len(self._articles) - spread + 0.5) / (spread + 0.5))

    def _score(self, place: int, weights: dict[str, float]) -> float:
        count, length = self._counts[place], self._lengths[place]
        penalty = K1 * (1 - B + B * length / self._mean)
        return sum(
            weight * count[term] * (K1 + 1) / (count[term] + penalty)
            for term, weight in weights.items()
            if term in count
        )


def _count(article: Article) -> Counter:
    count = Counter(tokens(article.body))
    for head in (article.title, *article.question_variants):
        for token in tokens(head):
            count[token] += TITLE_WEIGHT
    return count


@lru_cache(maxsize=1)
def default_index() -> Index:
    """The index over the shipped articles."""
    return Index(load())


def search(query: str, *, floor: float, limit: int = 5) -> list[Found]:
    """The best shipped articles for a query; empty means `UNKNOWN`."""
    return default_index().search(query, limit=limit, floor=floor)


def as_dict(found: Found) -> dict:
    """The result as the API gives it."""
    article = found.article
    return {
        "id": article.id,
        "title": article.title,
        "body": article.body,
        "source": article.source,
        "source_date": article.source_date.isoformat(),
        "department": article.department,
        "score": round(found.score, 4),
    }
