"""The filters of the list as a sentence with pressable words."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.interface import dates, figures
from accounts.models import User
from journal.errors import DomainError
from leads import hooks
from leads.domain import condition_sentence
from leads.domain.choices import Stage
from leads.models import Channel
from leads.queries import conditions, imports, tags
from leads.queries.lead_filter import BANDS, TOUCHED
from leads.queries.references import as_id


@dataclass(frozen=True)
class Choice:
    """One value that can be ticked."""

    value: str
    label: str
    is_chosen: bool


@dataclass
class Chip:
    """One filter: the words before and after it, what is chosen, and how to choose."""

    name: str
    label: str
    before: str
    after: str
    kind: str  # several, one, number, text
    text: str = ""
    value: str = ""
    said: str = ""  # with the words around it
    choices: list[Choice] = field(default_factory=list)
    clear_url: str = ""


def _stages() -> list[tuple[str, str]]:
    return [(value, str(label)) for value, label in Stage.choices]


def _bands() -> list[tuple[str, str]]:
    return [(value, str(label)) for value, label in BANDS]


def _touched() -> list[tuple[str, str]]:
    return [(value, str(label)) for value, label in TOUCHED]


def _owners() -> list[tuple[str, str]]:
    people = User.objects.active().people().order_by("last_name", "first_name")
    nobody = [("none", _("Unassigned"))]
    return nobody + [(str(user.pk), figures.person(user)) for user in people]


def _channels() -> list[tuple[str, str]]:
    return [(str(channel.pk), channel.name) for channel in Channel.objects.order_by("name")]


def _tags() -> list[tuple[str, str]]:
    return [("none", pgettext("tag", "No tag")), *((str(tag.pk), tag.name) for tag in tags.in_use())]


def _tracks() -> list[tuple[str, str]]:
    return [track for named in hooks.tracks for track in named()]


# Name, kind, choices, the label in the menu, and the sentence's piece with %s for the chip.
Piece = tuple[str, str, Callable[[], list[tuple[str, str]]] | None, Callable[[], str], Callable[[], str]]
PIECES: tuple[Piece, ...] = (
    ("stage", "several", _stages, lambda: _("Stage"), lambda: pgettext("filter", "in stage %s")),
    ("band", "several", _bands, lambda: _("Priority"), lambda: pgettext("filter", "of priority %s")),
    ("score_min", "number", None, lambda: _("Score from"), lambda: pgettext("filter", "scoring %s or more")),
    ("touched", "one", _touched, lambda: _("Last contact"), lambda: pgettext("filter", "last contacted %s")),
    ("owner", "one", _owners, lambda: _("Owner"), lambda: pgettext("filter", "owned by %s")),
    ("channel", "one", _channels, lambda: _("Channel"), lambda: pgettext("filter", "from %s")),
    ("tag", "several", _tags, lambda: _("Tag"), lambda: pgettext("filter", "tagged %s")),
    ("track", "one", _tracks, lambda: _("Nurture track"), lambda: pgettext("filter", "in nurture track %s")),
    ("industry", "text", None, lambda: _("Industry"), lambda: pgettext("filter", "in industry %s")),
    (
        "employees_min",
        "number",
        None,
        lambda: _("Employees from"),
        lambda: pgettext("filter", "with %s people or more"),
    ),
    ("q", "text", None, lambda: _("Keywords"), lambda: pgettext("filter", "matching “%s”")),
)
IMPORT = "import"
NAMES = (*(piece[0] for piece in PIECES), IMPORT)
CONDITION = "condition"
_IMPORTS_OFFERED = 20


def chips(query: QueryDict, *, sees_imports: bool) -> tuple[list[Chip], list[Chip]]:
    """The filters in use, in the order of the sentence, and those that could be added."""
    used, free = [], []
    # Which imports there are is asked only where one is in use: it is chosen on the page of imports.
    pieces = (*PIECES, _import_piece(query[IMPORT], sees_imports)) if query.get(IMPORT) else PIECES
    for piece in pieces:
        chip = _chip(piece, query)
        (used if chip.text else free).append(chip)
    if said := _condition(query.get(CONDITION, "")):
        words = pgettext("filter", "where %s")
        before, _mark, after = words.partition("%s")
        used.append(Chip(CONDITION, _("Condition"), before.strip(), after.strip(), CONDITION, said, query[CONDITION]))
        used[-1].clear_url, used[-1].said = without(query, CONDITION), words.replace("%s", said)
    return used, free


def _import_piece(given: str, sees_imports: bool) -> Piece:
    """The latest imports and the one in use; their files' names are for those who may import."""

    def choices() -> list[tuple[str, str]]:
        runs = imports.with_leads(_IMPORTS_OFFERED, also=as_id(given)) if sees_imports else []
        return [(str(run.pk), f"{run.filename} ({dates.day(run.created_at, weekday=False)})") for run in runs]

    return IMPORT, "one", choices, lambda: _("Import"), lambda: pgettext("filter", "imported with %s")


def _condition(text: str) -> str:
    """The condition of the address read aloud; nothing when there is none or it makes no sense (the list says so)."""
    if not text:
        return ""
    try:
        known = conditions.registry()
        return condition_sentence.sentence(conditions.read(json.loads(text), known=known), known)
    except (ValueError, RecursionError, DomainError):
        return ""


def _chip(piece: Piece, query: QueryDict) -> Chip:
    name, kind, choices, label, sentence = piece
    words = sentence()
    before, _mark, after = words.partition("%s")
    chip = Chip(name, label(), before.strip(), after.strip(), kind)
    given = [part for text in query.getlist(name) for part in text.split(",") if part.strip()]
    chip.value = ",".join(given)
    if choices is not None:
        chip.choices = [Choice(value, text, value in given) for value, text in choices()]
        chosen = [choice.label for choice in chip.choices if choice.is_chosen]
        chip.text = pgettext("filter", " or ").join(chosen) or chip.value
    else:
        chip.text = chip.value
    chip.clear_url, chip.said = without(query, name), words.replace("%s", chip.text)
    return chip


def said(used: list[Chip]) -> str:
    """The filters in use as one plain sentence; '' for none."""
    if not used:
        return ""
    begin, end = pgettext("sentence begins", "Leads"), pgettext("sentence ends", "-")
    body = pgettext("between conditions", ", ").join(chip.said for chip in used)
    return f"{'' if begin == '-' else f'{begin} '}{body}{'' if end == '-' else end}"


def without(query: QueryDict, *names: str) -> str:
    """The same list without these filters, from its first page."""
    rest = query.copy()
    for name in (*names, "cursor", "from", "open"):
        rest.pop(name, None)
    return f"?{rest.urlencode()}"


def hidden(query: QueryDict) -> list[tuple[str, Any]]:
    """What a filter's form has to carry along: everything but filters and the page."""
    left_out = {*NAMES, CONDITION, "cursor", "from", "open"}
    return [(name, value) for name, values in query.lists() if name not in left_out for value in values]
