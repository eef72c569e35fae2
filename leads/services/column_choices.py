"""A person's own choice of columns, which stays with the person: for one saved list, or for all others."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from journal.errors import Conflict
from journal.transactions import retried
from leads.domain import export_columns
from leads.models import ColumnChoice, CustomField, Segment


class ListGone(Conflict):
    """Somebody deleted it, or no longer shares it, since the page was read."""

    code = "list_gone"
    message = _("This saved list was deleted or is no longer shared with you.")


def held(segment: Segment, user: User) -> Segment:
    """The saved list as it is now, until the transaction ends. Raises ListGone where this person doesn't see it."""
    found = Segment.objects.visible_to(user).select_for_update().filter(pk=segment.pk).first()
    if found is None:
        raise ListGone
    return found


def known(names: Iterable[str]) -> list[str]:
    """Those of the names that are a column's, each once."""
    own = {f"custom.{key}" for key in CustomField.objects.values_list("key", flat=True)}
    return [name for name in dict.fromkeys(names) if name in export_columns.SHOWN or name in own]


@retried
def choose(*, user: User, names: Iterable[str], segment: Segment | None = None) -> None:
    """Keeps what the person wants to see; nothing at all means what the list, or the product, shows by itself.

    Raises ListGone.
    """
    segment = held(segment, user) if segment else None
    chosen = known(names)
    if not chosen:
        forget(user=user, segment=segment)
        return
    ColumnChoice.objects.update_or_create(user=user, segment=segment, defaults={"names": chosen})


def forget(*, user: User, segment: Segment | None) -> None:
    """Takes the person's choice away, also for a list that they have just stopped seeing."""
    ColumnChoice.objects.filter(user=user, segment=segment).delete()
