"""What pages do with Chinese words."""

from pypinyin import Style, lazy_pinyin


def initials(words: str) -> str:
    """Pinyin initials of Chinese words, lower case: 城管局 → cgj."""
    return "".join(lazy_pinyin(words, style=Style.FIRST_LETTER)).lower()
