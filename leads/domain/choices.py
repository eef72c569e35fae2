"""The fixed words of leads: stages, seniority, phases, dimensions of duty."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Stage(TextChoices):
    LEAD = "lead", pgettext_lazy("stage", "Lead")
    MAL = "mal", "MAL"
    MQL = "mql", "MQL"
    SAL = "sal", "SAL"
    SQL = "sql", "SQL"
    OPPORTUNITY = "opportunity", pgettext_lazy("stage", "Opportunity")
    WON = "won", pgettext_lazy("stage", "Won")
    LOST = "lost", pgettext_lazy("stage", "Lost")
    NURTURE = "nurture", pgettext_lazy("stage", "Nurture")
    DISQUALIFIED = "disqualified", pgettext_lazy("stage", "Disqualified")


class DueKind(TextChoices):
    """The one duty a lead can have at a time; the first that applies wins (DESIGN §4)."""

    ANSWER = "answer", pgettext_lazy("duty", "Answer")
    HEARING = "hearing", pgettext_lazy("duty", "Ask what is missing")
    CONTACT_CHECK = "contact_check", pgettext_lazy("duty", "Find the right person")
    MERGE_DECISION = "merge_decision", pgettext_lazy("duty", "Decide on the duplicate")
    CONTACT = "contact", pgettext_lazy("duty", "First contact")
    QUALIFY = "qualify", pgettext_lazy("duty", "Qualify")
    FEEDBACK = "feedback", pgettext_lazy("duty", "Report the result")
    NEXT_ACTION = "next_action", pgettext_lazy("duty", "Next action")
    BATCH = "batch", pgettext_lazy("duty", "Decide on the batch")
    OFFER = "offer", pgettext_lazy("duty", "Hand over")
    NURTURE = "nurture", pgettext_lazy("duty", "Nurture step")
    RESURFACE = "resurface", pgettext_lazy("duty", "Review")


class Seniority(TextChoices):
    STAFF = "staff", _("Staff")
    CHIEF = "chief", _("Chief")
    ASSISTANT_MANAGER = "assistant_manager", _("Assistant manager")
    MANAGER = "manager", _("Manager (section)")
    DIRECTOR = "director", _("Director (department)")
    EXECUTIVE = "executive", _("Executive")
    PRESIDENT = "president", _("President")


SENIORITY_ORDER = [seniority.value for seniority in Seniority]


class ContentKind(TextChoices):
    """The usual kinds of content; others are kept as they came."""

    DOCUMENT = "document", pgettext_lazy("content kind", "Document")
    PAGE = "page", pgettext_lazy("content kind", "Page")
    WEBINAR = "webinar", pgettext_lazy("content kind", "Webinar")
    EVENT = "event", pgettext_lazy("content kind", "Event")
    VIDEO = "video", pgettext_lazy("content kind", "Video")


class Phase(TextChoices):
    GATHERING = "gathering", _("Gathering information")
    COMPARING = "comparing", _("Comparing")
    APPROVING = "approving", _("Getting approval")


class StaleCause(TextChoices):
    """Why a score is owed; only `live` may lead to an offer without a person (DESIGN §4)."""

    BULK = "bulk"
    EDIT = "edit"
    LIVE = "live"


CAUSE_ORDER = {StaleCause.BULK: 0, StaleCause.EDIT: 1, StaleCause.LIVE: 2}
