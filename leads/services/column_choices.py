"""A person's own choice of columns, which stays with the person: for one saved list, or for all others."""

from collections.abc import Iterable

from accounts.models import User
from journal.transactions import retried
from leads.domain import export_columns
from leads.models import ColumnChoice, CustomField, Segment


def known(names: Iterable[str]) -> list[str]:
    """Those of the names that are a column's, each once."""
    own = {f"custom.{key}" for key in CustomField.objects.values_list("key", flat=True)}
    return [name for name in dict.fromkeys(names) if name in export_columns.SHOWN or name in own]


@retried
def choose(*, user: User, names: Iterable[str], segment: Segment | None = None) -> None:
    """Keeps what the person wants to see; nothing at all means what the list, or the product, shows by itself."""
    chosen = known(names)
    if not chosen:
        ColumnChoice.objects.filter(user=user, segment=segment).delete()
        return
    ColumnChoice.objects.update_or_create(user=user, segment=segment, defaults={"names": chosen})
