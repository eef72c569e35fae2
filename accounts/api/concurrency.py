"""ETags: the version of a resource's editable fields, and refusing stale writes."""

from typing import Any

from django.db.models import Model
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response

from journal.errors import DomainError


class StaleWrite(DomainError):
    """The caller's If-Match names a version that is no longer the present one."""

    code = "stale"
    status = 412
    message = _("Someone else has changed this. Reload it, then repeat your change.")


def etag(instance: Model) -> str:
    """`"<id>-<version>"`."""
    return f'"{instance.pk}-{instance.version}"'  # type: ignore[attr-defined]


def check_if_match(request: Request, instance: Model) -> None:
    """Raises StaleWrite when If-Match is given and does not name the present version."""
    given = request.headers.get("If-Match")
    if given and given.strip() != "*" and etag(instance) not in [tag.strip() for tag in given.split(",")]:
        raise StaleWrite


class ETagMixin:
    """Views call `self.tagged(instance, data, status)` to answer with the resource's ETag."""

    def tagged(self, instance: Model, data: Any, status: int = 200) -> Response:
        return Response(data, status=status, headers={"ETag": etag(instance)})
