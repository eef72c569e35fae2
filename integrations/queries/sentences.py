"""The sentence of each kind of notice, with its reason in one line."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts import navigation
from accounts.interface import dates, figures
from accounts.models import User
from feedback.domain.choices import Reason, Result
from feedback.reminders import answer_check_words
from handoff.domain.choices import ClockKind, PauseReason
from handoff.models import Handoff, Pause, RejectReason
from handoff.queries import reason_lines
from handoff.queries.agreement import SIDES
from handoff.queries.pause_reasons import why
from handoff.queries.reason_words import label_of
from integrations.models import ChatChannel, Notice
from leads.domain.choices import DueKind
from leads.models import Lead
from scoring.domain.presets import shown
from scoring.models import PublicationRequest, ScoringModel


@dataclass(frozen=True)
class Words:
    """What a notice says and where it leads."""

    title: str
    reason: str
    url: str


@dataclass(frozen=True)
class Subject:
    """The notice and the rows it speaks of, as far as they still exist."""

    notice: Notice
    handoff: Handoff | None
    lead: Lead | None
    person: User | None
    reject_reason: RejectReason | None
    request: PublicationRequest | None = None
    model: ScoringModel | None = None
    channel: ChatChannel | None = None
    pause: Pause | None = None

    @property
    def who(self) -> str:
        """Company and name of the lead, as written."""
        if self.lead is None:
            return _("a deleted lead")
        name = figures.person(self.lead)
        company = self.lead.company.name if self.lead.company else ""
        return (
            pgettext("company and person", "%(name)s, %(company)s") % {"name": name, "company": company}
            if company
            else name
        )

    @property
    def colleague(self) -> str:
        """Who did it, within a sentence."""
        return figures.addressed(self.person) if self.person else _("Handoff")


def words(subject: Subject) -> Words:
    """Title, reason and address of one notice in the active language."""
    notice = subject.notice
    title, reason = SENTENCES[notice.kind](subject)
    return Words(title, reason, _address(subject))


def _offered(subject: Subject) -> tuple[str, str]:
    title = _("%(who)s was handed over to you") % {"who": subject.who}
    return title, _why_offered(subject.handoff)


def _queued(subject: Subject) -> tuple[str, str]:
    title = _("%(who)s is waiting in the %(team)s queue") % {"who": subject.who, "team": _team(subject)}
    return title, _why_offered(subject.handoff)


def _reassigned(subject: Subject) -> tuple[str, str]:
    title = _("%(colleague)s assigned %(who)s to you") % {"colleague": subject.colleague, "who": subject.who}
    return title, _why_offered(subject.handoff)


def _rerouted(subject: Subject) -> tuple[str, str]:
    title = _("%(who)s was passed on") % {"who": subject.who}
    is_answered = subject.handoff is not None and subject.handoff.answered_at is not None
    return title, _("It was for someone else.") if is_answered else _("It wasn't answered in time.")


def _withdrawn(subject: Subject) -> tuple[str, str]:
    title = _("The handoff of %(who)s was withdrawn") % {"who": subject.who}
    return title, _("%(colleague)s withdrew it; there is nothing left to do.") % {"colleague": subject.colleague}


def _paused(subject: Subject) -> tuple[str, str]:
    title = _("%(colleague)s paused the deadlines of %(who)s") % {"colleague": subject.colleague, "who": subject.who}
    data = subject.notice.data
    reason = why(subject.pause, most=60) if subject.pause else PauseReason(data["reason"]).label
    told = {"reason": reason, "until": dates.moment(datetime.fromisoformat(data["until"]))}
    return title, _("%(reason)s. Paused until %(until)s.") % told


def _accepted(subject: Subject) -> tuple[str, str]:
    title = _("%(colleague)s accepted %(who)s") % {"colleague": subject.colleague, "who": subject.who}
    due = subject.handoff.contact_due_at if subject.handoff else None
    return title, _("First contact is due by %(due)s.") % {"due": dates.due(due)} if due else ""


def _rejected(subject: Subject) -> tuple[str, str]:
    title = _("%(colleague)s gave %(who)s back") % {"colleague": subject.colleague, "who": subject.who}
    handoff = subject.handoff
    if handoff is None:
        return title, ""
    parts = [_reject_reason(subject), handoff.get_successor_display()]
    return title, pgettext("list", ": ").join(part for part in parts if part)


def _feedback(subject: Subject) -> tuple[str, str]:
    result = subject.notice.data.get("result", "")
    values = {"who": subject.who, "result": Result(result).label if result in Result.values else result}
    reason = subject.notice.data.get("reason", "")
    told = Reason(reason).label if reason in Reason.values else reason
    by = {"colleague": subject.colleague, "reason": told}
    said = _("Reason: %(reason)s. Reported by %(colleague)s.") if told else _("Reported by %(colleague)s.")
    return _("%(who)s: %(result)s") % values, said % by


def _warned(subject: Subject) -> tuple[str, str]:
    values = _promise(subject)
    title = _("%(kind)s for %(who)s is due by %(due)s") % values
    return title, _("%(level)s%% of the time is used.") % values


def _breached(subject: Subject) -> tuple[str, str]:
    values = _promise(subject)
    title = _("%(kind)s for %(who)s is overdue") % values
    return title, _("It was due by %(due)s and is with %(holder)s.") % values


def _escalated(subject: Subject) -> tuple[str, str]:
    values = _promise(subject)
    title = _("%(kind)s for %(who)s is long overdue") % values
    return title, _("Due by %(due)s; it is with %(holder)s. Decide who takes it.") % values


def _batch(subject: Subject) -> tuple[str, str]:
    count = subject.notice.data.get("count", 0)
    title = ngettext("%(count)d lead reached the line", "%(count)d leads reached the line", count) % {"count": count}
    decide = _("Decide whom to hand over.")
    return title, pgettext("between sentences", " ").join((_batch_cause(subject.notice.data.get("cause", "")), decide))


def _answer_check(subject: Subject) -> tuple[str, str]:
    return answer_check_words(date.fromisoformat(subject.notice.data["due_on"]))


def _agreement(subject: Subject) -> tuple[str, str]:
    """Who wrote it or has agreed already, and that it waits."""
    title = _("The SLA agreement is waiting for you to agree")
    if subject.person is None:
        return title, _("It comes into force once both departments have agreed.")
    has_agreed = len(subject.notice.data.get("sides", ())) < len(SIDES)
    said = _("%(colleague)s has agreed for the other department.") if has_agreed else _("%(colleague)s wrote it.")
    return title, said % {"colleague": subject.colleague}


def _publication(subject: Subject) -> tuple[str, str]:
    """The draft by name and version, with the asker's note."""
    request = subject.request
    if request is None:
        title = _("%(colleague)s asked you to publish a draft of the scoring rules")
        return title % {"colleague": subject.colleague}, _("The draft has been discarded.")
    names = {"colleague": subject.colleague, "name": shown(request.model.name), "number": request.model.number}
    return _("%(colleague)s asks you to publish the scoring rules “%(name)s”, version %(number)d") % names, request.note


def _published(subject: Subject) -> tuple[str, str]:
    """To who asked for it: the version by its name, with the reason."""
    model = subject.model
    if model is None:
        return _("%(colleague)s published the scoring rules as you asked") % {"colleague": subject.colleague}, ""
    names = {"colleague": subject.colleague, "name": shown(model.name), "number": model.number}
    said = _("%(colleague)s published the scoring rules “%(name)s”, version %(number)d, as you asked")
    return said % names, shown(model.why)


def _discarded(subject: Subject) -> tuple[str, str]:
    """To who asked to publish it; a draft's name goes with it."""
    said = _("%(colleague)s discarded the draft of the scoring rules that you asked to publish (version %(number)d)")
    names = {"colleague": subject.colleague, "number": subject.notice.data["number"]}
    return said % names, _("Scoring stays as it is.")


def _assigned(subject: Subject) -> tuple[str, str]:
    """Many leads at once; the list says which."""
    count = subject.notice.data.get("count", 0)
    values = {"number": figures.number(count), "colleague": subject.colleague}
    if subject.notice.data.get("team"):
        title = ngettext(
            "%(colleague)s added %(number)s lead to your team's queue",
            "%(colleague)s added %(number)s leads to your team's queue",
            count,
        )
    else:
        title = ngettext(
            "%(colleague)s assigned %(number)s lead to you", "%(colleague)s assigned %(number)s leads to you", count
        )
    return title % values, _("Their deadlines are unchanged.")


def _import(subject: Subject) -> tuple[str, str]:
    data = subject.notice.data
    if data.get("state") != "done":
        return _("The import of %(file)s failed") % data, _("Open it to see why.")
    counts = _("%(created)d new, %(updated)d updated, %(duplicates)d to review, %(refused)d not imported") % data
    return _("The import of %(file)s is finished") % data, counts


def _dead_mail(subject: Subject) -> tuple[str, str]:
    name = figures.person(subject.person) if subject.person else ""
    return _("An email to %(name)s could not be delivered") % {"name": name}, _(
        "Check the address and the mail server."
    )


def _dead_chat(subject: Subject) -> tuple[str, str]:
    channel = subject.channel
    name = channel.name if channel else _("a removed channel")
    title = _("A message to the chat channel %(name)s could not be delivered") % {"name": name}
    if channel and channel.ended_at:
        return title, _("The service no longer accepts its address, so nothing more is sent there. Add it again.")
    return title, _("The service did not accept it. Send a test message to see why.")


def _batch_cause(cause: str) -> str:
    told = {
        "import": _("They came in with an import."),
        "publish": _("New scoring rules were published."),
        "recompute": _("All scores were recalculated."),
        "midnight": _("Their scores changed with time."),
    }
    return told.get(cause, _("They reached it together."))


def _why_offered(handoff: Handoff | None) -> str:
    if handoff is None:
        return ""
    due = _("Answer by %(due)s.") % {"due": dates.due(handoff.answer_due_at)}
    reason = reason_lines.told(handoff).rstrip(" .。")
    return pgettext("two sentences", "%(reason)s. %(due)s") % {"reason": reason, "due": due} if reason else due


def _nudged(subject: Subject) -> tuple[str, str]:
    data = subject.notice.data
    kind, due_at = data.get("kind", ""), data.get("due_at")
    duty = str(DueKind(kind).label) if kind in DueKind.values else kind
    due = dates.due(datetime.fromisoformat(due_at)) if due_at else ""
    title = _("%(colleague)s asks you to look at %(who)s") % {"colleague": subject.colleague, "who": subject.who}
    return title, _("%(duty)s was due by %(due)s.") % {"duty": duty, "due": due}


def _promise(subject: Subject) -> dict[str, str]:
    data = subject.notice.data
    kind = data.get("clock_kind", "")
    due_at = datetime.fromisoformat(data["due_at"]) if data.get("due_at") else None
    return {
        "kind": str(ClockKind(kind).label) if kind in ClockKind.values else kind,
        "who": subject.who,
        "due": dates.due(due_at),
        "level": str(data.get("level") or ""),
        "holder": _holder(subject),
    }


def _holder(subject: Subject) -> str:
    handoff = subject.handoff
    if handoff is None or handoff.assigned_to is None:
        return _("the %(team)s queue") % {"team": _team(subject)}
    return figures.addressed(handoff.assigned_to)


def _team(subject: Subject) -> str:
    return subject.handoff.team.name if subject.handoff else ""


def _reject_reason(subject: Subject) -> str:
    reason = subject.reject_reason
    if reason is None:
        return subject.handoff.reject_reason if subject.handoff else ""
    return label_of(reason)


def _address(subject: Subject) -> str:
    data = subject.notice.data
    if subject.notice.kind == "batch.made":
        return navigation.address("batch", data["batch"])
    if subject.notice.kind == "leads.assigned":
        holder = f"team={data['team']}&owner=none" if data.get("team") else f"owner={subject.notice.user_id}"
        return f"{navigation.address('leads')}?{holder}&ordering=due_at"
    if subject.notice.kind == "scoring_model.publication_asked":
        return navigation.address("scoring-model", subject.request.model_id) if subject.request else ""
    if data.get("model"):
        return navigation.address("scoring-model", subject.model.pk) if subject.model else navigation.address("scoring")
    if subject.notice.kind == "sla_agreement.waits":
        return navigation.address("settings-agreement")
    if subject.notice.kind == "answer_check.due":
        return navigation.address("answer-check")
    if subject.channel is not None:
        team = subject.channel.team_id
        return navigation.address("settings-team-notices", team) if team else navigation.address("notice-settings")
    if data.get("import"):
        return navigation.address("import", data["import"])
    if subject.handoff is not None:
        return navigation.address("handoff", subject.handoff.pk)
    return navigation.address("lead", subject.lead.pk) if subject.lead else ""


SENTENCES: dict[str, Callable[[Subject], tuple[str, str]]] = {
    "handoff.offered": _offered,
    "handoff.queued": _queued,
    "handoff.reassigned": _reassigned,
    "handoff.rerouted": _rerouted,
    "handoff.withdrawn": _withdrawn,
    "handoff.paused": _paused,
    "handoff.accepted": _accepted,
    "handoff.rejected": _rejected,
    "feedback.given": _feedback,
    "clock.warned": _warned,
    "clock.breached": _breached,
    "clock.escalated": _escalated,
    "duty.nudged": _nudged,
    "leads.assigned": _assigned,
    "answer_check.due": _answer_check,
    "sla_agreement.waits": _agreement,
    "scoring_model.publication_asked": _publication,
    "scoring_model.published": _published,
    "scoring_model.discarded": _discarded,
    "batch.made": _batch,
    "import.finished": _import,
    "mail.dead": _dead_mail,
    "chat.dead": _dead_chat,
}
