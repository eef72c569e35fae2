"""What the model check found, in sentences."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext, pgettext

from accounts.interface.languages import in_language
from scoring.domain import check, formula
from scoring.domain.check import Finding, Fix
from scoring.domain.formula import ModelSpec

_BANDS = {"high": "High", "middle": "Middle", "low": "Low"}


@dataclass(frozen=True)
class Said:
    """A finding and its sentence."""

    finding: Finding
    message: str


def say(model: ModelSpec, *, matches: Mapping[str, int] | None = None, leads: int = 0) -> list[Said]:
    """The findings with their sentences, in the active language."""
    return [Said(finding, _message(finding, model)) for finding in check.find(model, matches=matches, leads=leads)]


def say_fix(fix: Fix, model: ModelSpec) -> str:
    """The offered fix: '料金ページの閲覧 counts each time, up to 20 …: the maximum becomes 55.'"""
    names = {rule.key: _name(rule.key, model) for rule in model.rules}
    caps = gettext(", ").join(
        gettext("“%(rule)s” up to %(cap)d") % {"rule": names[key], "cap": cap} for key, cap in fix.caps.items()
    )
    return gettext("Count each activity (%(caps)s): the maximum becomes %(maximum)d.") % {
        "caps": caps,
        "maximum": fix.maximum,
    }


def _name(key: str, model: ModelSpec) -> str:
    rule = next(rule for rule in model.rules if rule.key == key)
    return in_language(rule.label_ja, rule.label_en)


def _message(finding: Finding, model: ModelSpec) -> str:
    names = [_name(key, model) for key in finding.keys]
    values = {
        "maximum": formula.maximum(model),
        "line": model.line,
        "band": pgettext("band", _BANDS.get(finding.band, "Low")),
        "rule": names[-1] if names else "",
        "other": names[0] if names else "",
    }
    return {
        "unreachable_line": gettext(
            "The line of %(line)d is unreachable: the maximum is %(maximum)d. Lower the line or add points."
        ),
        "unreachable_band": gettext(
            "The band “%(band)s” is unreachable: the maximum is %(maximum)d. Let it begin lower or add points."
        ),
        "always": gettext("“%(rule)s” matches every lead, so it doesn't distinguish any."),
        "never": gettext("“%(rule)s” matches no leads today."),
        "duplicate": gettext("“%(rule)s” has the same condition as “%(other)s”."),
    }[finding.code] % values
