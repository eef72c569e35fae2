"""The gaps' names (NOTES: 次の行動なし · 基準を満たし未引き渡し …)."""

from django.utils.translation import pgettext

from handoff.domain.gaps import GapKind


def gap_label(kind: str) -> str:
    """The name of a kind of gap."""
    return {
        GapKind.NO_NEXT_ACTION: pgettext("gap", "No next action"),
        GapKind.NOT_OFFERED: pgettext("gap", "Ready but not handed over"),
        GapKind.NO_FEEDBACK: pgettext("gap", "Contacted, no result"),
        GapKind.NO_CONTACT: pgettext("gap", "Accepted, not contacted"),
        GapKind.NO_ANSWER: pgettext("gap", "No answer"),
        GapKind.NO_OWNER: pgettext("gap", "Nobody in charge"),
    }[GapKind(kind)]
