"""One industry written in two languages: 製造業 and Manufacturing are one to every condition and filter."""

from collections.abc import Iterable
from itertools import chain

from leads.domain.text_folding import fold

_ALIKE: tuple[tuple[str, ...], ...] = (
    ("製造業", "製造", "メーカー", "Manufacturing"),
    ("建設業", "建設", "Construction"),
    ("情報通信業", "情報通信", "Information and communications"),
    ("IT", "IT業界", "情報技術", "Information technology"),
    ("ソフトウェア", "ソフトウェア業", "Software"),
    ("運輸業", "運輸", "Transportation"),
    ("物流業", "物流", "Logistics"),
    ("卸売業", "卸売", "Wholesale"),
    ("小売業", "小売", "Retail"),
    ("金融業", "金融", "Finance", "Financial services"),
    ("保険業", "保険", "Insurance"),
    ("不動産業", "不動産", "Real estate"),
    ("食品業", "食品", "Food"),
    ("飲食業", "飲食", "Food service"),
    ("宿泊業", "宿泊", "Hospitality"),
    ("医療", "医療業", "Healthcare", "Health care"),
    ("教育", "教育業", "Education"),
    ("化学", "化学工業", "Chemicals"),
    ("電機", "電気機器", "Electronics"),
    ("自動車", "自動車業", "Automotive"),
    ("エネルギー", "エネルギー業", "Energy"),
    ("農業", "Agriculture"),
    ("広告業", "広告", "Advertising"),
    ("コンサルティング", "コンサルティング業", "Consulting"),
    ("官公庁", "Government"),
)
_BY_WORD = {fold(word): words for words in _ALIKE for word in words}


def spellings(industry: str) -> tuple[str, ...]:
    """The industry as given, and its other names."""
    return tuple(dict.fromkeys((industry, *_BY_WORD.get(fold(industry), ()))))


def all_spellings(industries: Iterable[str]) -> tuple[str, ...]:
    """Each industry with its other names, every name once."""
    return tuple(dict.fromkeys(chain.from_iterable(map(spellings, industries))))
