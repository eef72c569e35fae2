"""The columns of the list: which there are, which a person has chosen."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from leads.models import CustomField


@dataclass(frozen=True)
class Column:
    """One column: `sort` is the ordering its head offers; `key` and `kind` are an own field's."""

    name: str
    label: Any
    css: str
    sort: str = ""
    key: str = ""
    kind: str = ""


COLUMNS = (
    Column("score", pgettext_lazy("column", "Score"), "c-score", "score"),
    Column("stage", _("Stage"), "c-stage", "stage_since"),
    Column("touch", _("Last contact"), "c-touch", "last_contact_at"),
    Column("act", _("Last activity"), "c-act", "last_activity_at"),
    Column("channel", _("Channel"), "c-channel"),
    Column("due", _("Next due"), "c-due", "due_at"),
    Column("industry", _("Industry"), "c-industry"),
    Column("employees", _("Employees"), "c-employees"),
    Column("prefecture", _("Prefecture"), "c-prefecture"),
    Column("campaign", _("Campaign"), "c-campaign"),
    Column("acquired", _("Acquired"), "c-acquired", "acquired_at"),
    Column("tags", _("Tags"), "c-tags"),
    Column("owner", pgettext_lazy("column", "Owner"), "c-owner"),
)
DEFAULT = ("score", "stage", "touch", "act", "channel", "owner")
OWN = "custom."
_KEY = "lead_columns"


def offered() -> list[Column]:
    """All columns there are: ours, then the organisation's own fields."""
    own = CustomField.objects.order_by("position", "pk")
    return [*COLUMNS, *(Column(f"{OWN}{row.key}", row.label, "c-own", key=row.key, kind=row.kind) for row in own)]


def chosen(request: HttpRequest, columns: list[Column]) -> list[Column]:
    """Those of the columns that this person sees, in their fixed order."""
    names = request.session.get(_KEY) or DEFAULT
    return [column for column in columns if column.name in names]


def choose(request: HttpRequest, names: list[str]) -> None:
    """Remembers the choice for this browser's session; none at all means the usual ones."""
    request.session[_KEY] = [column.name for column in offered() if column.name in names]
