"""Tags and filters of the interface's components."""

from django import template

register = template.Library()
