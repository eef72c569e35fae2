"""What follows an answer or a result (DESIGN §4), as data: the workflow page draws it, the services obey it."""

from dataclasses import dataclass
from enum import StrEnum

from handoff.domain.choices import AfterReject
from leads.domain.choices import DueKind, Stage


class Holder(StrEnum):
    """Who is accountable afterwards."""

    SENDER = "sender"
    RECEIVER = "receiver"
    MARKETING = "marketing"
    NEXT_RECEIVER = "next_receiver"
    NOBODY = "nobody"


@dataclass(frozen=True)
class Follow:
    """`stage` None leaves it as it is; `duty` None means nothing is owed."""

    stage: Stage | None
    holder: Holder
    duty: DueKind | None


AFTER_REJECT: dict[str, Follow] = {
    AfterReject.RETURN: Follow(None, Holder.SENDER, DueKind.HEARING),
    AfterReject.CHECK_CONTACT: Follow(None, Holder.SENDER, DueKind.CONTACT_CHECK),
    AfterReject.REROUTE: Follow(None, Holder.NEXT_RECEIVER, DueKind.ANSWER),
    AfterReject.NURTURE: Follow(Stage.NURTURE, Holder.MARKETING, DueKind.RESURFACE),
    AfterReject.DISQUALIFY: Follow(Stage.DISQUALIFIED, Holder.NOBODY, None),
    AfterReject.MERGE: Follow(None, Holder.MARKETING, DueKind.MERGE_DECISION),
}

# After a return, a duplicate or a withdrawal the system doesn't offer this MQL stay again; a person does.
BARS_SYSTEM_OFFER = frozenset({AfterReject.RETURN, AfterReject.CHECK_CONTACT, AfterReject.MERGE})


@dataclass(frozen=True)
class StandardReason:
    """A reject reason as shipped; organisations edit them."""

    code: str
    label_ja: str
    label_en: str
    follows: AfterReject
    resurface_days: int | None = None
    track: str = ""


STANDARD_REASONS: tuple[StandardReason, ...] = (
    StandardReason("missing_information", "情報が足りない", "Information is missing", AfterReject.RETURN),
    StandardReason(
        "wrong_person", "担当違い（社内の別の担当へ）", "Not mine (a colleague should take it)", AfterReject.REROUTE
    ),
    StandardReason("wrong_contact", "担当者・決裁者が違う", "Wrong contact on their side", AfterReject.CHECK_CONTACT),
    StandardReason("not_now", "時期が先", "Too early", AfterReject.NURTURE, 90, "gathering"),
    StandardReason("no_budget", "予算がない", "No budget", AfterReject.NURTURE, 180, "comparing"),
    StandardReason("unreachable", "連絡がつかない", "Can't be reached", AfterReject.NURTURE, 30, "dormant"),
    StandardReason(
        "out_of_scope",
        "対象外（競合・学生・取引不可）",
        "Out of scope (competitor, student, blocked)",
        AfterReject.DISQUALIFY,
    ),
    StandardReason("duplicate", "重複", "Duplicate", AfterReject.MERGE),
)

AFTER_RESULT: dict[str, Follow] = {
    "opportunity": Follow(Stage.OPPORTUNITY, Holder.RECEIVER, DueKind.NEXT_ACTION),
    "won": Follow(Stage.WON, Holder.NOBODY, None),
    "considering": Follow(None, Holder.RECEIVER, DueKind.NEXT_ACTION),
    "lost": Follow(Stage.LOST, Holder.MARKETING, DueKind.RESURFACE),
}
# 継続検討 further ahead than this becomes NURTURE, unless an opportunity is open; without a date it is so many days.
CONSIDERING_NEAR_DAYS = 30
CONSIDERING_DEFAULT_DAYS = 14
# When a lost lead is looked at again, by reason.
LOST_RESURFACE_DAYS = {"timing": 90, "budget": 180}
LOST_DEFAULT_DAYS = 180
NURTURE_DEFAULT_DAYS = 90
# Imported LOST and NURTURE leads are not dug up at once.
IMPORTED_RESURFACE_DAYS = 90
