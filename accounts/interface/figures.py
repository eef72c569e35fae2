"""Numbers, money, rates and names as people read them."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.utils.translation import pgettext

from accounts.interface.languages import is_japanese

NONE = "–"
MINUS = "−"
_JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff々〆]")


def number(value: float | Decimal | None, digits: int = 0) -> str:
    """`48,216`; nothing known is a dash."""
    return NONE if value is None else f"{value:,.{digits}f}".replace("-", MINUS)


def money(value: float | Decimal | str | None, currency: str = "JPY") -> str:
    """As in a table: `1,530万円`, `¥15.3M`; small sums in full."""
    if value is None or value == "":
        return NONE
    amount = Decimal(str(value))
    if currency != "JPY" or abs(amount) < 10_000:
        return money_in_full(amount, currency)
    if is_japanese():
        return f"{number(round(amount / 10_000))}万円"
    if abs(amount) < 1_000_000:
        return money_in_full(amount, currency)
    return f"¥{number(amount / 1_000_000, 1 if amount % 1_000_000 else 0)}M"


def money_in_full(value: float | Decimal | str | None, currency: str = "JPY") -> str:
    """As in a form or on paper: `15,300,000円`, `¥15,300,000`."""
    if value is None or value == "":
        return NONE
    amount = Decimal(str(value))
    if currency != "JPY":
        return f"{number(amount, 2)} {currency}"
    return f"{number(amount)}円" if is_japanese() else f"¥{number(amount)}"


def percent(value: float | Decimal | None, digits: int = 1) -> str:
    """A share of one as `94.1%`."""
    return NONE if value is None else f"{number(Decimal(str(value)) * 100, digits)}%"


def share(numerator: int | None, denominator: int | None, digits: int = 1) -> str:
    """`94.1%` from its two numbers; a dash where there is nothing to divide by."""
    return percent(None if not denominator or numerator is None else numerator / denominator, digits)


def points(value: float | Decimal | None, digits: int = 1) -> str:
    """A change of a rate: `+3.2pt`, `−1.1pt`."""
    return NONE if value is None else f"{signed(value, digits)}pt"


def signed(value: float | Decimal | None, digits: int = 0) -> str:
    """`+15`, `−4`, `±0`."""
    if value is None:
        return NONE
    text = f"{abs(value):,.{digits}f}"
    return f"±{text}" if not value else f"{'+' if value > 0 else MINUS}{text}"


def person(someone: Any) -> str:
    """姓 名, as written; a name in Latin letters reads first name first in English; without one what it calls itself."""
    last, first = getattr(someone, "last_name", ""), getattr(someone, "first_name", "")
    if not last and not first:
        return str(someone or "")
    return full_name(last, first)


def listed(words: Iterable[Any]) -> str:
    """Short words of one kind in a row, as roles are: 営業・管理者, or Sales rep, Administrator."""
    return pgettext("between short words", ", ").join(str(word) for word in words)


def full_name(last: str, first: str) -> str:
    """The same of the two parts alone."""
    return f"{last} {first}".strip() if is_last_first(last, first) else f"{first} {last}".strip()


def is_last_first(last: str, first: str) -> bool:
    """Whether this name is written last name first: all are in Japanese, and Japanese ones everywhere."""
    return is_japanese() or bool(_JAPANESE.search(last + first))


def addressed(someone: Any) -> str:
    """A colleague within a sentence: `井坂さん`, `Isaka`."""
    return pgettext("colleague", "{name}").format(name=getattr(someone, "last_name", "") or str(someone))


def initial(name: str) -> str:
    """The one letter of an avatar."""
    return name.strip()[:1]
