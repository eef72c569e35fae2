"""Which stored conditions read a field, or name a content by its title."""

from collections.abc import Callable, Collection
from typing import Any

from django.utils.translation import gettext as _

from leads.domain.condition_reading import fold
from leads.models import Segment

Test = Callable[[Any], bool]


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


def reading(name: str, *, values: Collection[str] = ()) -> Test:
    """The test of a stored tree for `reads`."""
    return lambda tree: reads(tree, name, values=values)


def losing(old: str, new: str) -> Test:
    """The test of a stored tree for naming a content by its old title and not by its new one as well."""
    gone, kept = fold(old), fold(new)

    def test(tree: Any) -> bool:
        if isinstance(tree, list):
            return any(map(test, tree))
        if not isinstance(tree, dict):
            return False
        content = tree.get("content")
        titles = content.get("title") if isinstance(content, dict) else None
        named = {fold(title) for title in titles if isinstance(title, str)} if isinstance(titles, list) else set()
        return (gone in named and kept not in named) or any(map(test, tree.values()))

    return test


def lists(test: Test) -> list[str]:
    """The saved lists whose condition it holds for; of a person's own list only whose it is."""
    found = Segment.objects.select_related("owner").order_by("name", "pk")
    using = [row for row in found if test(row.condition)]
    return [
        _("the list “%(name)s”") % {"name": row.name}
        if row.is_shared
        else _("a list of %(name)s") % {"name": row.owner.name}
        for row in using
    ]
