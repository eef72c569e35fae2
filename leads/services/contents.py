"""The documents, pages and webinars that activities refer to, kept once by their name."""

from collections.abc import Iterable

from leads.domain.text_folding import fold, tidy
from leads.models import Content


def title_key(title: str) -> str:
    """What makes two titles the same content."""
    return fold(title)[:200]


def named(titles: Iterable[str]) -> dict[str, Content]:
    """The content of each title, made if it is new, by the title's key."""
    wanted = {title_key(title): tidy(title)[:200] for title in titles if title}
    if not wanted:
        return {}
    found = _known(wanted)
    missing = [Content(title=title, title_key=key) for key, title in wanted.items() if key not in found]
    if missing:
        Content.objects.bulk_create(missing, ignore_conflicts=True, batch_size=500)
        found = _known(wanted)
    return found


def _known(wanted: dict[str, str]) -> dict[str, Content]:
    keys = list(wanted)
    chunks = (keys[start : start + 900] for start in range(0, len(keys), 900))
    return {row.title_key: row for chunk in chunks for row in Content.objects.filter(title_key__in=chunk)}
