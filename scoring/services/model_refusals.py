"""Why a scoring model can't be drafted, changed, agreed to or published."""

from django.utils.translation import gettext_lazy as _

from accounts.queries.changes import Change
from journal.errors import Conflict, Forbidden, Invalid


class NotADraft(Conflict):
    code = "not_a_draft"
    message = _("Only a draft can be changed. Copy this version to make a new draft.")


class Discarded(NotADraft):
    message = _("This draft was discarded in the meantime.")


class ChangedMeanwhile(Conflict):
    code = "changed_meanwhile"
    message = _("Someone else has changed this draft. Check it as it is now, then try again.")
    change: Change | None = None

    @classmethod
    def since(cls, change: Change) -> "ChangedMeanwhile":
        """The refusal that knows whose change it was."""
        error = cls()
        error.change = change
        return error


class MayNotDraft(Forbidden):
    message = _("Only marketing and administrators can draft rules.")


class MayNotAgree(Forbidden):
    message = _("Only a manager of a department can agree to rules for it.")


class MayNotPublish(Forbidden):
    message = _("Only administrators can publish rules.")


class NotAgreed(Forbidden):
    code = "not_agreed"
    message = _("One manager of marketing and one of sales must agree to this version first.")


class WhyMissing(Invalid):
    code = "why_missing"
    message = _("Enter why the rules are changing.")


class Unreachable(Invalid):
    code = "unreachable"
    message = _("unreachable: the maximum is %(maximum)d")


class NoLastModel(Invalid):
    code = "no_last_model"
    message = _("One published model must be without a condition, so that every lead is scored.")
