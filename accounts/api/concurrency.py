"""ETags: the version of a resource's editable fields, and which version a request wants to find when it writes."""

from typing import Any

from django.db.models import Model
from rest_framework.request import Request
from rest_framework.response import Response

from journal.versions import StaleWrite


def etag(instance: Model) -> str:
    """`"<id>-<version>"`."""
    return f'"{instance.pk}-{instance.version}"'  # type: ignore[attr-defined]


def version_read(request: Request, instance: Model) -> int | None:
    """The version that the write must still find; None where the caller takes any: no If-Match, or `*`.

    Raises StaleWrite when If-Match does not name the present one. Hand it to the service, which compares again
    where it writes (`journal.versions`): between here and there somebody else may have been faster.
    """
    given = request.headers.get("If-Match", "").strip()
    if given in ("", "*"):
        return None
    if etag(instance) not in [tag.strip() for tag in given.split(",")]:
        raise StaleWrite
    return instance.version  # type: ignore[attr-defined,no-any-return]


class ETagMixin:
    """Views call `self.tagged(instance, data, status)` to answer with the resource's ETag."""

    def tagged(self, instance: Model, data: Any, status: int = 200) -> Response:
        return Response(data, status=status, headers={"ETag": etag(instance)})
