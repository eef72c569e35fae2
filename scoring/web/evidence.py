"""Evidence of one rule in a few words: what is known, what was done and when."""

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext, ngettext, pgettext

from accounts.interface import dates, figures
from scoring.queries.explain import ActivityEvidence, Line

MOST_NAMED = 3


def words(line: Line, *, today: date) -> str:
    """'11/9 導入事例、11/12 機能比較表'; for a rule without points what it would take."""
    if line.points == 0 and line.worth:
        return _missing(line, today)
    return _known(line, today)


def _known(line: Line, today: date) -> str:
    pieces = [field.shown for field in line.fields if field.shown]
    if line.activities:
        pieces.append(_activities(line, today))
    return pgettext("between pieces of evidence", ", ").join(pieces)


def _missing(line: Line, today: date) -> str:
    worth = figures.signed(line.worth)
    known = _known(line, today)
    if known or line.worth < 0:
        return known
    if line.fields:
        return gettext("unknown (%(points)s once known)") % {"points": worth}
    return gettext("none yet (worth %(points)s)") % {"points": worth}


def _activities(line: Line, today: date) -> str:
    """Up to three with their contents; more are counted, with the latest."""
    if line.count > MOST_NAMED or not any(item.content for item in line.activities):
        return _counted(line.activities, line.count, today)
    oldest_first = sorted(line.activities, key=lambda item: item.occurred_at)
    return pgettext("between pieces of evidence", ", ").join(
        f"{dates.day(item.occurred_at, today=today, weekday=False)} {item.content}".strip() for item in oldest_first
    )


def _counted(items: Sequence[ActivityEvidence], count: int, today: date) -> str:
    latest = dates.happened(items[0].occurred_at, today=today)
    if count == 1:
        return latest
    return ngettext("%(count)d time, latest %(latest)s", "%(count)d times, latest %(latest)s", count) % {
        "count": count,
        "latest": latest,
    }
