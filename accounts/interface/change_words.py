"""A change as a sentence tells of it: who made it, and when."""

from django.utils.translation import gettext as _

from accounts.interface import dates, figures
from accounts.queries.changes import Change


def whose(change: Change | None) -> dict[str, str]:
    """`who` and `when`, as `%(who)s changed this on %(when)s` wants them; None where nobody noted it."""
    who = figures.addressed(change.by) if change and change.by else _("Someone else")
    return {"who": who, "when": dates.moment(change.at) if change else ""}
