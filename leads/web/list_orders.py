"""The orders of the list in words: those that the page offers, and those that a column's head makes."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from leads.queries.lead_list import DEFAULT_ORDERING
from leads.web.list_columns import COLUMNS


def offered(ordering: str) -> list[tuple[str, str, bool]]:
    """(key, words, whether it is the one in use) of what the page offers."""
    return [(key, words, key == ordering) for key, words in _usual()]


def said(ordering: str) -> str:
    """The order in words; '' for one that no page makes."""
    key = ordering or DEFAULT_ORDERING
    if words := dict(_usual()).get(key):
        return words
    label = next((str(column.label) for column in COLUMNS if column.sort and column.sort == key.removeprefix("-")), "")
    if not label:
        return ""
    pattern = (
        pgettext("order", "%(column)s, descending") if key[0] == "-" else pgettext("order", "%(column)s, ascending")
    )
    return pattern % {"column": label}


def _usual() -> list[tuple[str, str]]:
    return [
        ("-score", _("Highest score first")),
        ("-last_activity_at", _("Latest activity first")),
        ("last_contact_at", _("Longest without contact")),
        ("due_at", _("Nearest deadline first")),
        ("-acquired_at", _("Newest first")),
    ]
