"""What the page of duplicates shows of a pair: who, why, and what differs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.interface import figures
from accounts.interface.languages import is_japanese
from accounts.models import User
from leads.domain import merging, prefectures
from leads.domain.choices import Phase
from leads.domain.field_labels import label_of
from leads.models import Company, CustomField, DuplicatePair, Lead
from leads.queries.duplicate_pairs import Belongings

_WORDS = {
    "name": lambda: pgettext("lead", "Name"),
    "name_kana": lambda: pgettext("lead", "Name (kana)"),
    "address": lambda: _("Address"),
}


@dataclass(frozen=True)
class Line:
    """One field of both: `choice` names it in the form; without a choice nothing has to be decided."""

    name: str
    label: str
    one: str
    other: str
    takes_other: bool = False

    @property
    def differs(self) -> bool:
        """Both know it, and not the same."""
        return bool(self.one and self.other and self.one != self.other)

    @property
    def is_known(self) -> bool:
        return bool(self.one or self.other)


@dataclass(frozen=True)
class Side:
    """One of the two leads, with what comes with it."""

    lead: Lead
    sources: str
    activities: int


@dataclass(frozen=True)
class Pair:
    """A pair ready to be drawn: `stays` is the one that survives, on the left."""

    pair: DuplicatePair
    stays: Side
    goes: Side
    reasons: str
    lines: list[Line] = field(default_factory=list)
    owners: list[User] = field(default_factory=list)
    # The pair below it, where the page goes on when this one is decided; 0 for the last.
    following: int = 0

    @property
    def crosses(self) -> bool:
        """They belong to two companies: merging them has to be said."""
        one, other = self.stays.lead.company_id, self.goes.lead.company_id
        return bool(one and other and one != other)

    @property
    def companies(self) -> tuple[str, str]:
        """Both companies' names; where these are the same, with what tells one from the other."""
        return _companies(self.stays.lead.company, self.goes.lead.company)

    @property
    def further(self) -> bool:
        """Whether the stage alone decides who survives."""
        return merging.is_further(self.stays.lead.stage, self.goes.lead.stage)


def shown(pairs: Sequence[DuplicatePair], belongings: Belongings) -> list[Pair]:
    """The pairs as the page draws them."""
    own = {f"custom.{row.key}": row.label for row in CustomField.objects.all()} if pairs else {}
    following = [*(pair.pk for pair in pairs[1:]), 0][: len(pairs)]
    return [_pair(pair, belongings, own, after) for pair, after in zip(pairs, following, strict=True)]


def _pair(pair: DuplicatePair, belongings: Belongings, own: Mapping[str, str], following: int) -> Pair:
    stays, goes = (pair.b, pair.a) if merging.is_further(pair.b.stage, pair.a.stage) else (pair.a, pair.b)
    owners = {lead.owner_id: lead.owner for lead in (stays, goes) if lead.owner is not None}
    return Pair(
        pair=pair,
        stays=_side(stays, belongings),
        goes=_side(goes, belongings),
        reasons=pgettext("separator", " · ").join(_reasons(pair, own)),
        lines=[line for line in _lines(stays, goes, own) if line.is_known],
        owners=list(owners.values()) if len(owners) > 1 else [],
        following=following,
    )


def _side(lead: Lead, belongings: Belongings) -> Side:
    return Side(lead, _(", ").join(belongings.sources.get(lead.pk, [])), belongings.activities[lead.pk])


# What tells two companies of one name apart, the first that does.
_APART = ("prefecture", "address", "corporate_number", "postal_code", "url", "phone", "industry")


def _companies(one: Company | None, other: Company | None) -> tuple[str, str]:
    """The names of both; where these are the same, each with the first detail in which the companies differ."""
    if one is None or other is None or one.pk == other.pk or one.name != other.name:
        return str(one or ""), str(other or "")
    name = next((name for name in _APART if getattr(one, name) != getattr(other, name)), "")
    return (_told(one, name), _told(other, name)) if name else (one.name, other.name)


def _told(company: Company, name: str) -> str:
    value = getattr(company, name)
    if name == "prefecture":
        detail = prefectures.shown(value) or _("no prefecture")
        return _("%(name)s in %(place)s") % {"name": company.name, "place": detail}
    told = {"field": label_of(f"company.{name}"), "value": value or pgettext("fact", "Unknown")}
    return _("%(name)s (%(detail)s)") % {"name": company.name, "detail": _("%(field)s: %(value)s") % told}


def word(name: str, own: Mapping[str, str]) -> str:
    """The field in words; `own` names the organisation's, and those that read otherwise here."""
    return own.get(name) or (_WORDS[name]() if name in _WORDS else label_of(name))


def _brief(reasons: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The weightiest few; where last and first name are the same, the name is."""
    alike = {reason["field"]: reason["similarity"] for reason in reasons}
    if alike.get("last_name") == alike.get("first_name") == 100:
        kept = [reason for reason in reasons if reason["field"] != "first_name"]
        reasons = [{**one, "field": "name"} if one["field"] == "last_name" else one for one in kept]
    return reasons[:5]


def _reasons(pair: DuplicatePair, own: Mapping[str, str]) -> Iterable[str]:
    """Of two companies only their names are the same."""
    names = {"company": _("Company name")} if pair.a.company_id != pair.b.company_id else {}
    return [_reason(reason, {**own, **names}) for reason in _brief(pair.reasons)]


def _reason(reason: dict[str, Any], own: Mapping[str, str]) -> str:
    if reason["similarity"] >= 100:
        return _("Same %(field)s") % {"field": _inside(reason["field"], own)}
    return _("%(field)s %(percent)s%% similar") % {"field": word(reason["field"], own), "percent": reason["similarity"]}


def _inside(name: str, own: Mapping[str, str]) -> str:
    """Within a sentence; English writes it small there."""
    text = word(name, own)
    return text if is_japanese() or text[:2].isupper() else text[:1].lower() + text[1:]


def _lines(stays: Lead, goes: Lead, own: Mapping[str, str]) -> Iterable[Line]:
    mine, other = ({name: getattr(lead, name) for name in merging.COLUMNS} for lead in (stays, goes))
    for name, columns in merging.CHOICES.items():
        takes_other = merging.prefers_other(name, mine, other)
        texts = (_text(stays, name, columns), _text(goes, name, columns))
        if name == "company":
            texts = _companies(stays.company, goes.company)
        yield Line(name, word(name, own), *texts, takes_other)
    for key in sorted({*stays.custom, *goes.custom}):
        yield _own(f"custom.{key}", own, stays.custom.get(key), goes.custom.get(key))
    for name in merging.QUALIFICATION:
        one, two = _known(stays, name), _known(goes, name)
        if one and two and one != two:
            yield _own(f"qualification.{name}", own, one, two)


def _text(lead: Lead, name: str, columns: tuple[str, ...]) -> str:
    if name == "name":
        return figures.full_name(lead.last_name, lead.first_name)
    parts = columns[:1] if name == "title" else columns
    return " ".join(str(getattr(lead, column)) for column in parts if getattr(lead, column))


def _known(lead: Lead, name: str) -> str:
    value = getattr(getattr(lead, "qualification", None), name, "")
    return str(Phase(value).label) if name == "phase" and value in Phase.values else str(value or "")


def _own(name: str, own: Mapping[str, str], one: Any, other: Any) -> Line:
    first, second = ("" if value in (None, "") else str(value) for value in (one, other))
    return Line(name, word(name, own), first, second, takes_other=not first and bool(second))
