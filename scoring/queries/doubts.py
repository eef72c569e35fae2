"""Why a field may be known only after the outcome, in words."""

from django.utils.translation import gettext

from accounts.interface import figures
from leads.domain.condition_fields import Registry
from scoring.domain.suggested import Doubt


def label(name: str, known: Registry) -> str:
    """What people call the field."""
    return str(known.fields[name].label) if name in known.fields else name


def say(doubt: Doubt, known: Registry) -> str:
    """The doubt in full, in the active language."""
    values = {"field": label(doubt.field, known), "figure": figure(doubt, known), "why": why(doubt.code)}
    return gettext("%(field)s (%(figure)s): %(why)s") % values


def why(code: str) -> str:
    """What all fields with this doubt have in common."""
    return {
        "too_good": gettext(
            "The field alone tells nearly every outcome, as one does that is filled in together with the result."
        ),
        "filled_later": gettext("Often still empty at the handoff and filled in afterwards."),
        "one_outcome": gettext(
            "Known far more often for one outcome than for the other. It may be filled in once the result shows."
        ),
        "written_twice": gettext("Mostly the same as another field, but not always. It may be overwritten later."),
        "filled_together": gettext(
            "Filled in together for some leads, while other leads of the same days have none of them. Something may "
            "fill them in later."
        ),
    }[code]


def figure(doubt: Doubt, known: Registry) -> str:
    """How strong the doubt is."""
    values = {
        "other": gettext(", ").join(label(name, known) for name in doubt.others),
        "share": figures.percent(doubt.share, 0),
        "other_share": figures.percent(doubt.other_share, 0),
        "auc": figures.number(doubt.share, 2),
    }
    return {
        "too_good": gettext("AUC %(auc)s"),
        "filled_later": gettext("%(share)s filled in afterwards"),
        "one_outcome": gettext("%(share)s of opportunities, %(other_share)s of the others"),
        "written_twice": gettext("%(share)s the same as “%(other)s”"),
        "filled_together": gettext("%(share)s of leads"),
    }[doubt.code] % values
