"""Articles read from their files; every complaint names file and article."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

import yaml

from catalogue.errors import InputError

FOLDER = Path(__file__).with_name("articles")
_REQUIRED = {"id", "title", "question_variants", "body", "source", "source_date", "department", "matters"}
_OPTIONAL = {"policy_measure"}
_ID = re.compile(r"[a-z0-9][a-z0-9-]{1,63}")


@dataclass(frozen=True)
class Article:
    """One answer with its source. `matters` are codes of the catalogue, `department` explains it."""

    id: str
    title: str
    question_variants: tuple[str, ...]
    body: str
    source: str
    source_date: date
    department: str
    matters: tuple[str, ...] = ()
    policy_measure: int | None = None


@lru_cache(maxsize=4)
def load(folder: Path = FOLDER) -> tuple[Article, ...]:
    """All articles of a folder, by id. Raises InputError for the first one that is not as README.md says."""
    articles: dict[str, Article] = {}
    for path in sorted(folder.glob("*.yaml")):
        for article in _read(path):
            if article.id in articles:
                raise InputError("answers.twice", f"{path.name} 的条目「{article.id}」与别处重复")
            articles[article.id] = article
    return tuple(articles[key] for key in sorted(articles))


def _read(path: Path) -> Iterable[Article]:
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8")) or []
    except yaml.YAMLError as error:
        raise InputError("answers.yaml", f"{path.name} 不是合法的 YAML：{error}") from None
    for place, entry in enumerate(raw if isinstance(raw, list) else [raw], start=1):
        yield _article(entry, where=f"{path.name} 第 {place} 条")


def _article(entry: object, *, where: str) -> Article:
    if not isinstance(entry, dict) or not set(entry) >= _REQUIRED or set(entry) - _REQUIRED - _OPTIONAL:
        names = set(entry) if isinstance(entry, dict) else set()
        odd = sorted(names ^ _REQUIRED - _OPTIONAL)
        raise InputError("answers.fields", f"{where} 字段不对：{'、'.join(map(str, odd))}")
    if not _ID.fullmatch(str(entry["id"])) or not isinstance(entry["source_date"], date):
        raise InputError("answers.value", f"{where} 的 id 或 source_date 写法不对")
    for key in ("title", "body", "source"):
        if not str(entry[key] or "").strip():
            raise InputError("answers.value", f"{where} 的 {key} 为空")
    lists = {key: tuple(map(str, entry[key] or ())) for key in ("question_variants", "matters")}
    return Article(**{**entry, **lists, "body": str(entry["body"]).strip()})


def newest(articles: Iterable[Article]) -> Article | None:
    """The article with the latest source."""
    return max(articles, key=lambda article: article.source_date, default=None)
