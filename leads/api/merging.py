"""Merging over HTTP: the shapes of what is sent and answered, and the way back."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.idempotency import IdempotentMixin
from accounts.api.moments import at
from accounts.domain.roles import Scope
from accounts.models import User
from journal.errors import FieldError, Invalid
from leads.models import Lead, Merge
from leads.queries import references
from leads.queries.references import as_id
from leads.services import merging


class BadMerge(Invalid):
    """The body does not say whom to merge."""

    code = "invalid"
    message = _("Some fields have errors; see the details.")


class MergeRequestSerializer(serializers.Serializer):
    loser = serializers.CharField(help_text="Id of the lead that goes; it is swapped if its stage is further")
    assignee = serializers.CharField(
        required=False, allow_null=True, help_text="Who keeps all where two people hold them; a manager names them"
    )
    across_companies = serializers.BooleanField(
        required=False, default=False, help_text="true merges although they belong to two companies"
    )
    fields = serializers.DictField(  # type: ignore[assignment]
        child=serializers.CharField(),
        required=False,
        help_text="From which lead a value comes: {name, email, custom.<key>, qualification.<name> …: lead id}",
    )


class MergeAnswerSerializer(serializers.Serializer):
    survivor = serializers.CharField(help_text="Id of the lead that stays: the one in the further stage")
    merge = serializers.CharField(help_text="Id of the merge, to undo it")


class MergeSerializer(serializers.Serializer):
    merge = serializers.CharField(help_text="Id of the merge")
    survivor = serializers.CharField(help_text="Id of the lead that stayed")
    loser = serializers.CharField(help_text="Id of the lead that is back")
    state = serializers.CharField(help_text="undone")


def asked(body: dict[str, Any], seen_by: User) -> dict[str, Any]:
    """The arguments of a merge as the body names them. Raises BadMerge naming every fault."""
    faults: list[FieldError] = []
    number = as_id(body.get("loser"))
    loser = Lead.objects.visible_to(seen_by).filter(pk=number).first() if number else None
    if loser is None:
        faults.append(FieldError("loser", "unknown", str(_("There is no such lead."))))
    across = body.get("across_companies", False)
    if not isinstance(across, bool):
        faults.append(FieldError("across_companies", "invalid", str(_("Must be true or false."))))
    assignee = _assignee(body.get("assignee"), faults)
    fields = _fields(body.get("fields"), faults)
    if faults:
        raise BadMerge(errors=faults)
    return {"loser": loser, "across_companies": across, "assignee": assignee, "fields": fields}


def _assignee(given: Any, faults: list[FieldError]) -> User | None:
    if given in (None, ""):
        return None
    person = references.people([given]).get(str(given).strip().lower())
    if person is None:
        faults.append(FieldError("assignee", "unknown", str(_("There is no such person."))))
    return person


def _fields(given: Any, faults: list[FieldError]) -> dict[str, int]:
    if given is None:
        return {}
    if not isinstance(given, dict):
        faults.append(FieldError("fields", "invalid", str(_("Send a JSON object."))))
        return {}
    return {str(name): as_id(value) or 0 for name, value in given.items()}


class MergeViewSet(IdempotentMixin, viewsets.GenericViewSet[Merge]):
    """Two leads that were made one."""

    queryset = Merge.objects.none()
    serializer_class = MergeSerializer
    scopes = {"read": Scope.LEADS_READ, "write": Scope.LEADS_WRITE}

    def get_queryset(self) -> QuerySet[Merge]:
        return Merge.objects.filter(survivor__in=Lead.objects.visible_to(self.request.user))

    @extend_schema(summary="Take a merge back", request=None, responses=MergeSerializer)
    @action(detail=True, methods=["post"], pagination_class=None, filter_backends=[])
    def undo(self, request: Request, pk: str) -> Response:
        """Two leads again, with what each had. 409 after a later handoff, answer or stage."""
        number = as_id(pk)
        row = self.get_queryset().filter(pk=number).first() if number else None
        if row is None:
            raise Http404
        row = merging.undo(merge=row, by=request.user, at=at(request))
        answer = {"merge": row.pk, "survivor": row.survivor_id, "loser": row.loser_id}
        return Response({name: str(value) for name, value in answer.items()} | {"state": "undone"})
