"""The one root of errors that a person may read: a stable code and a sentence."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class FieldError:
    """One fault: which field (dotted path), which unchanging code, which sentence."""

    field: str
    code: str
    message: str | Promise


class DomainError(Exception):
    """A refusal. Subclasses set `code`, `status` (the HTTP answer it becomes) and `message`.

    `message` may hold %(name)s places that the keyword arguments fill.
    """

    code = "refused"
    status = 400
    message: str | Promise = _("This isn't possible now. Reload the page.")

    def __init__(self, message: str | Promise | None = None, *, errors: Sequence[FieldError] = (), **values: object):
        self.text = message if message is not None else self.message
        self.values = values
        self.errors = list(errors)
        super().__init__(self.code)

    def __str__(self) -> str:
        return str(self.text) % self.values if self.values else str(self.text)


class Conflict(DomainError):
    """Somebody else was first, or the state does not allow it."""

    code = "conflict"
    status = 409


class Forbidden(DomainError):
    """Visible, but not allowed."""

    code = "forbidden"
    status = 403
    message = _("You don't have permission to do this.")


class Invalid(DomainError):
    """The input is wrong; `errors` names each field."""

    code = "invalid"
    status = 400
    message = _("Some fields have errors; see the details.")
