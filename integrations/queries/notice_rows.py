"""Notices as people read them: one title, the reason in one line, and where to go."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import QuerySet

from accounts.models import User
from feedback.models import AnswerCheck
from handoff.models import Clock, Handoff, Pause, RejectReason
from handoff.queries import agreement
from integrations.domain.notice_kinds import KINDS
from integrations.models import ChatChannel, Notice
from integrations.queries import sentences
from leads.models import BulkRun, Lead
from scoring.domain.choices import ModelState
from scoring.models import PublicationRequest, ScoringModel


@dataclass(frozen=True)
class NoticeRow:
    """One notice as an entry of a timeline: `text` is its title, `note` the reason, `is_key` says it is unread."""

    pk: int
    kind: str
    icon: str
    text: str
    note: str
    url: str
    at: datetime
    is_key: bool


@dataclass(frozen=True)
class Facts:
    """What the sentences of a page of notices speak of, read in a constant number of queries."""

    handoffs: dict[int, Handoff] = field(default_factory=dict)
    leads: dict[int, Lead] = field(default_factory=dict)
    people: dict[int, User] = field(default_factory=dict)
    reject_reasons: dict[str, RejectReason] = field(default_factory=dict)
    requests: dict[int, PublicationRequest] = field(default_factory=dict)
    models: dict[int, ScoringModel] = field(default_factory=dict)
    channels: dict[int, ChatChannel] = field(default_factory=dict)
    pauses: dict[int, Pause] = field(default_factory=dict)


def of_user(user: User) -> QuerySet[Notice]:
    """The person's notices, newest first."""
    return Notice.objects.filter(user=user).order_by("-id")


def unread_count(user: User, *, at_most: int = 100) -> int:
    """How many the person hasn't seen, counted up to a cap."""
    return Notice.objects.filter(user=user, read_at__isnull=True)[:at_most].count()


def rows(notices: Iterable[Notice]) -> list[NoticeRow]:
    """The notices with their texts in the active language."""
    page = list(notices)
    facts = _facts(page)
    return [_row(notice, facts) for notice in page]


def is_settled(notice: Notice) -> bool:
    """True when its mail would come too late: what it asked for was done, or a later notice says more of it."""
    if notice.kind.startswith("clock."):
        ended = Clock.objects.filter(pk=notice.data.get("clock"), ended_at__isnull=False)
        return ended.exists() or _is_overtaken(notice)
    if notice.kind == "leads.assigned":
        return BulkRun.objects.filter(pk=notice.data.get("run"), state=BulkRun.State.UNDONE).exists()
    if notice.kind == "answer_check.due":
        return AnswerCheck.objects.filter(at__gte=notice.at).exists()
    if notice.kind == "sla_agreement.waits":
        later = Notice.objects.filter(user_id=notice.user_id, kind=notice.kind, id__gt=notice.pk)
        return later.exists() or not agreement.waits_for(
            notice.user, pk=notice.data["agreement"], read=notice.data["read"]
        )
    if notice.kind == "scoring_model.publication_asked":
        drafts = PublicationRequest.objects.filter(model__state=ModelState.DRAFT)
        return not drafts.filter(pk=notice.data.get("request")).exists()
    if notice.kind in {"handoff.offered", "handoff.queued", "handoff.reassigned"}:
        return not Handoff.objects.open().filter(pk=notice.handoff_id).exists()
    return False


def _is_overtaken(notice: Notice) -> bool:
    """The person has been told of the same clock since, as when one late sweep finds it warned and breached."""
    later = Notice.objects.filter(user_id=notice.user_id, kind__startswith="clock.", id__gt=notice.pk)
    return later.filter(handoff_id=notice.handoff_id, data__clock=notice.data.get("clock")).exists()


def _facts(page: list[Notice]) -> Facts:
    handoffs = Handoff.objects.select_related("team", "assigned_to").in_bulk({n.handoff_id for n in page} - {None})
    leads = Lead.objects.select_related("company").in_bulk({n.lead_id for n in page} - {None})
    people = User.objects.in_bulk({n.data.get(name) for n in page for name in ("by", "user")} - {None})
    codes = {handoff.reject_reason for handoff in handoffs.values()} - {""}
    reasons = RejectReason.objects.in_bulk(codes, field_name="code") if codes else {}
    asked = {n.data.get("request") for n in page} - {None}
    requests = PublicationRequest.objects.select_related("model").in_bulk(asked) if asked else {}
    drafted = {n.data.get("model") for n in page} - {None}
    models = ScoringModel.objects.in_bulk(drafted) if drafted else {}
    failing = {n.data.get("channel") for n in page} - {None}
    channels = ChatChannel.objects.in_bulk(failing) if failing else {}
    stood = {n.data.get("pause") for n in page} - {None}
    pauses = Pause.objects.in_bulk(stood) if stood else {}
    return Facts(handoffs, leads, people, reasons, requests, models, channels, pauses)


def _row(notice: Notice, facts: Facts) -> NoticeRow:
    words = sentences.words(_subject(notice, facts))
    return NoticeRow(
        pk=notice.pk,
        kind=notice.kind,
        icon=KINDS[notice.kind].icon,
        text=words.title,
        note=words.reason,
        url=words.url,
        at=notice.at,
        is_key=notice.read_at is None,
    )


def _subject(notice: Notice, facts: Facts) -> sentences.Subject:
    handoff = facts.handoffs.get(notice.handoff_id or 0)
    return sentences.Subject(
        notice=notice,
        handoff=handoff,
        lead=facts.leads.get(notice.lead_id or 0),
        person=facts.people.get(notice.data.get("by") or notice.data.get("user") or 0),
        reject_reason=facts.reject_reasons.get(handoff.reject_reason) if handoff else None,
        request=facts.requests.get(notice.data.get("request") or 0),
        model=facts.models.get(notice.data.get("model") or 0),
        channel=facts.channels.get(notice.data.get("channel") or 0),
        pause=facts.pauses.get(notice.data.get("pause") or 0),
    )
