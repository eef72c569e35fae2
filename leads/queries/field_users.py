"""Which stored conditions read a field."""

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext as _

from leads.models import Segment


def reads(tree: Any, name: str, *, values: Collection[str] = ()) -> bool:
    """Whether the tree reads the field, or with `values` compares it with one of them.

    Walks the stored JSON rather than parsed nodes: what no longer parses must be found as well.
    """
    if isinstance(tree, list):
        return any(reads(item, name, values=values) for item in tree)
    if not isinstance(tree, dict):
        return False
    if tree.get("field") == name:
        compared = tree.get("value")
        return not values or any(value in values for value in (compared if isinstance(compared, list) else [compared]))
    return any(reads(item, name, values=values) for item in tree.values())


def lists(name: str, *, values: Collection[str] = ()) -> list[str]:
    """The saved lists whose condition reads the field; of a person's own list only whose it is."""
    found = Segment.objects.select_related("owner").order_by("name", "pk")
    using = [row for row in found if reads(row.condition, name, values=values)]
    return [
        _("the list “%(name)s”") % {"name": row.name}
        if row.is_shared
        else _("a list of %(name)s") % {"name": row.owner.name}
        for row in using
    ]
