"""What the pages of scoring need to say."""

from collections.abc import Mapping
from typing import Any

from django import template

register = template.Library()


@register.filter
def at_key(values: Mapping[str, Any], key: str) -> Any:
    """The value under a key that only the loop knows; 0 without one."""
    return values.get(key, 0)
