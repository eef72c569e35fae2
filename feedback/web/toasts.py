"""What a report led to, in one sentence."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.interface import dates
from feedback.models import Feedback
from leads.domain.choices import DueKind
from leads.models import Lead


def what_followed(feedback: Feedback) -> str:
    """`商談化を記録しました。次の行動は11/27(金)まで。`: the result and what is owed next."""
    lead = Lead.objects.get(pk=feedback.handoff.lead_id)
    told = _("Recorded: %(result)s.") % {"result": feedback.get_result_display()}
    if lead.due_at is None:
        return told
    values = {"duty": lead.get_due_kind_display(), "day": dates.day(dates.due_day(lead.due_at))}
    # Being a candidate again is a day that comes, not something to be done by then.
    comes = lead.due_kind == DueKind.RESURFACE
    following = (_("It is reviewed again from %(day)s.") if comes else _("%(duty)s by %(day)s.")) % values
    return pgettext("between sentences", " ").join((told, following))
