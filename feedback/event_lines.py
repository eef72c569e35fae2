"""How results and deals read on a lead's timeline."""

from django.utils.translation import gettext as _

from feedback.domain.choices import OpportunitySource, Reason, Result
from journal.models import Event
from leads import timeline
from leads.timeline import Line, People

_ICONS = {Result.WON: "trophy", Result.LOST: "x", Result.OPPORTUNITY: "briefcase", Result.CONSIDERING: "clock"}


def given(event: Event, people: People) -> Line | None:
    """The reported result, with its reason."""
    result, reason = event.data.get("result", ""), event.data.get("reason", "")
    if result not in Result.values:
        return None
    said = str(Result(result).label)
    if reason in Reason.values:
        text = _("Result: %(result)s (%(reason)s)") % {"result": said, "reason": Reason(reason).label}
    else:
        text = _("Result: %(result)s") % {"result": said}
    return Line(_ICONS[Result(result)], text, is_key=result in (Result.WON, Result.OPPORTUNITY))


def opened(event: Event, people: People) -> Line:
    """A deal begins, or begins again."""
    if event.data.get("again"):
        return Line("briefcase", _("Opportunity reopened"))
    source = event.data.get("source", "")
    label = OpportunitySource(source).label if source in OpportunitySource.values else ""
    return Line(
        "briefcase", _("Opportunity opened: %(source)s") % {"source": label} if label else _("Opportunity opened")
    )


def closed(event: Event, people: People) -> Line:
    """A deal is won or lost."""
    result = event.data.get("result", "")
    said = Result(result).label if result in Result.values else ""
    icon = _ICONS.get(result, "x")
    return Line(icon, _("Opportunity closed: %(result)s") % {"result": said}, is_key=result == Result.WON)


timeline.register("feedback.given", given)
timeline.register("opportunity.opened", opened)
timeline.register("opportunity.closed", closed)
