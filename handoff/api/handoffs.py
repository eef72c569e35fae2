"""Handoffs by HTTP: shape in, one call, shape out."""

from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.concurrency import ETagMixin, version_read
from accounts.api.filters import IdFilter, MomentFilter, TruthFilter
from accounts.api.idempotency import IdempotentMixin
from accounts.api.moments import at
from accounts.domain.roles import Scope
from accounts.models import Team, User
from handoff.api import shapes
from handoff.domain.choices import HandoffState, Leg
from handoff.models import Handoff, Pause
from handoff.queries import gates, legs
from handoff.services import handoffs
from journal.errors import FieldError, Invalid
from leads.models import Lead
from leads.queries.references import as_id


class UnknownReference(Invalid):
    code = "invalid"
    message = _("There is no such person, team or lead.")


class HandoffFilter(django_filters.FilterSet):
    """Filters of handoffs."""

    lead = IdFilter(field_name="lead_id", help_text="Id of the lead")
    state = django_filters.MultipleChoiceFilter(choices=HandoffState.choices, help_text="State, may be repeated")
    leg = django_filters.ChoiceFilter(choices=Leg.choices, help_text="Leg")
    assigned_to = IdFilter(field_name="assigned_to_id", help_text="Id of the receiver")
    team = IdFilter(field_name="team_id", help_text="Id of the receiving team")
    breached = TruthFilter(field_name="is_breached", help_text="Whether a clock was breached")
    paused = TruthFilter(method="filter_paused", help_text="Whether its deadlines are paused now")
    offered_after = MomentFilter(field_name="offered_at", lookup_expr="gte", help_text="Offered at or after")

    class Meta:
        model = Handoff
        fields: list[str] = []

    def filter_paused(self, rows: QuerySet[Handoff], name: str, value: bool) -> QuerySet[Handoff]:
        """Those with a pause that stands, or those without."""
        standing = Exists(Pause.objects.open().filter(handoff=OuterRef("pk")))
        return rows.filter(standing if value else ~standing)


@extend_schema_view(
    list=extend_schema(summary="Handoffs, newest first"),
    retrieve=extend_schema(summary="One handoff with its sheet"),
)
class HandoffViewSet(
    IdempotentMixin, ETagMixin, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Handoff]
):
    """Transfers of responsibility: offered, then accepted, rejected, withdrawn or re-routed."""

    scopes = {"read": Scope.HANDOFFS_READ, "write": Scope.HANDOFFS_WRITE}
    serializer_class = shapes.HandoffSerializer
    filterset_class = HandoffFilter
    http_method_names = ["get", "post", "head", "options"]

    def get_queryset(self) -> QuerySet[Handoff]:
        if getattr(self, "swagger_fake_view", False):
            return Handoff.objects.none()
        seen = Handoff.objects.visible_to(self.request.user)
        if self.action == "list":
            return seen.select_related("episode", "assigned_to", "team").prefetch_related("pauses")
        # An answer that comes too late names who gave it; whatever is done otherwise reads the row anew, held.
        return seen.select_related("answered_by")

    def get_object(self) -> Handoff:
        return get_object_or_404(self.get_queryset(), pk=as_id(self.kwargs["pk"]) or 0)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self._answer(self.get_object())

    @extend_schema(summary="Hand a lead over", request=shapes.OfferInput, responses={201: shapes.OfferedSerializer})
    def create(self, request: Request) -> Response:
        """Items of a blocking gate answer 400, naming each; of a warning gate 201 with `warnings`."""
        values = self._read(shapes.OfferInput)
        lead = _lead(request, values["lead"])
        leg = values.get("leg") or legs.next_leg(lead.stage)
        warnings = gates.warnings(lead, leg, at=at(request)) if leg else ()
        handoff = handoffs.offer(
            lead=lead,
            by=request.user,
            at=at(request),
            to=_receiver(values["to"]),
            leg=leg,
            note=values["note"],
            reason=values["reason"],
        )
        shape = shapes.HandoffSerializer(handoff).data | {"warnings": shapes.warned(warnings)}
        return self.tagged(handoff, shape, 201)

    @extend_schema(summary="Accept", request=shapes.AcceptInput)
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, pk: str) -> Response:
        """Asks for nothing. Of simultaneous answers one wins; the others get a 409 with the winner's name."""
        handoff, values = self._ready(shapes.AcceptInput)
        user = values.pop("user")
        person = _user(user, "user") if user else None
        return self._answer(handoffs.accept(handoff=handoff, by=request.user, at=at(request), user=person, **values))

    @extend_schema(summary="Reject with a reason", request=shapes.RejectInput)
    @action(detail=True, methods=["post"])
    def reject(self, request: Request, pk: str) -> Response:
        """The reason decides what follows."""
        handoff, values = self._ready(shapes.RejectInput)
        return self._answer(handoffs.reject(handoff=handoff, by=request.user, at=at(request), **values))

    @extend_schema(summary="Record a contact", request=shapes.ContactInput)
    @action(detail=True, methods=["post"])
    def contact(self, request: Request, pk: str) -> Response:
        """Reached or not; the first one stops the clock. Allowed before the answer, which it doesn't give.

        One that reached the customer ends a pause that waited for them (`call_later`, `customer_away`).
        """
        handoff, values = self._ready(shapes.ContactInput)
        happened_at = values.pop("at")
        return self._answer(
            handoffs.contact(handoff=handoff, by=request.user, at=at(request), happened_at=happened_at, **values)
        )

    @extend_schema(summary="Give it to somebody else", request=shapes.ReassignInput)
    @action(detail=True, methods=["post"])
    def reassign(self, request: Request, pk: str) -> Response:
        """The row, its start and its promises stay; the new person's calendar counts."""
        handoff, values = self._ready(shapes.ReassignInput)
        user = _user(values["user"], "user") if values.get("user") else None
        team = _team(values["team"], "team") if values.get("team") else None
        values |= {"user": user, "team": team}
        return self._answer(handoffs.reassign(handoff=handoff, by=request.user, at=at(request), **values))

    @extend_schema(summary="Pause its deadlines with a reason", request=shapes.PauseInput)
    @action(detail=True, methods=["post"])
    def pause(self, request: Request, pk: str) -> Response:
        """No working time runs until then: due times, warnings and escalation wait. A breach that happened stays."""
        handoff, values = self._ready(shapes.PauseInput)
        return self._answer(handoffs.pause(handoff=handoff, by=request.user, at=at(request), **values))

    @extend_schema(summary="Resume its deadlines before the pause is over", request=None)
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, pk: str) -> Response:
        """Due times move by the working time for which they were paused."""
        handoff = self.get_object()
        expected = version_read(request, handoff)
        return self._answer(
            handoffs.resume(handoff=handoff, by=request.user, at=at(request), expected_version=expected)
        )

    @extend_schema(summary="Withdraw while unanswered", request=None)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        """By the sender only."""
        handoff = self.get_object()
        expected = version_read(request, handoff)
        return self._answer(
            handoffs.withdraw(handoff=handoff, by=request.user, at=at(request), expected_version=expected)
        )

    @extend_schema(summary="Say whether the sheet was useful", request=shapes.UsefulInput)
    @action(detail=True, methods=["post"], url_path="sheet-useful")
    def sheet_useful(self, request: Request, pk: str) -> Response:
        """One tap; the latest counts."""
        handoff, values = self._ready(shapes.UsefulInput)
        return self._answer(handoffs.sheet_useful(handoff=handoff, by=request.user, at=at(request), **values))

    def _ready(self, shape: type[Any]) -> tuple[Handoff, dict[str, Any]]:
        """The handoff, and what is asked, `expected_version` included."""
        handoff = self.get_object()
        expected = version_read(self.request, handoff)
        return handoff, self._read(shape) | {"expected_version": expected}

    def _read(self, shape: type[Any]) -> dict[str, Any]:
        given = shape(data=self.request.data)
        given.is_valid(raise_exception=True)
        return dict(given.validated_data)

    def _answer(self, handoff: Handoff) -> Response:
        current = Handoff.objects.select_related("episode").get(pk=handoff.pk)
        return self.tagged(current, shapes.HandoffSerializer(current).data)


def _lead(request: Request, number: str) -> Lead:
    found = Lead.objects.visible_to(request.user).filter(pk=as_id(number) or 0).first()
    if found is None:
        raise UnknownReference(errors=[FieldError("lead", "unknown", str(UnknownReference.message))])
    return found


def _receiver(to: dict[str, Any] | None) -> User | Team | None:
    if to and to.get("user"):
        return _user(to["user"], "to.user")
    return _team(to["team"], "to.team") if to and to.get("team") else None


def _user(number: str, field: str) -> User:
    found = User.objects.active().filter(pk=as_id(number) or 0).first()
    if found is None:
        raise UnknownReference(errors=[FieldError(field, "unknown", str(UnknownReference.message))])
    return found


def _team(number: str, field: str) -> Team:
    found = Team.objects.filter(pk=as_id(number) or 0, is_active=True).first()
    if found is None:
        raise UnknownReference(errors=[FieldError(field, "unknown", str(UnknownReference.message))])
    return found
