"""Under which names a usual channel goes in both languages, so that one source of leads is not counted as two."""

import unicodedata

_NAMES: tuple[tuple[str, ...], ...] = (
    ("展示会", "exhibition", "exhibitions", "trade show", "tradeshow"),
    ("イベント", "event", "events"),
    ("ウェビナー", "webinar", "webinars"),
    ("セミナー", "seminar", "seminars"),
    ("Web広告", "web ad", "web ads", "online ad", "online ads", "web advertising", "online advertising"),
    ("名刺交換", "business card", "business cards"),
    ("紹介", "referral", "referrals"),
    ("資料請求", "document request", "document requests", "brochure request"),
)


def _key(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().replace("-", " ").split())


_MEANING = {_key(name): number for number, names in enumerate(_NAMES) for name in names}


def is_same(one: str, other: str) -> bool:
    """Whether both names mean one channel: written alike but for width and case, or in the two languages."""
    mine, theirs = _key(one), _key(other)
    return mine == theirs or (mine in _MEANING and _MEANING[mine] == _MEANING.get(theirs))
