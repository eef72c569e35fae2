"""Nurture tracks (育成トラック): what is done with a lead that rests, step by step, and what ends it, as data."""

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy

from handoff.domain.stages import Way
from leads.domain.choices import Stage

# A track runs while the lead is in one of these; leaving them, by whichever way, ends it.
RESTING = frozenset({Stage.NURTURE, Stage.LOST})
MOST_STEPS = 12
MOST_DAYS = 365


class NurturePhase(TextChoices):
    """How far the lead's consideration is; every track is for one of these."""

    GATHERING = "gathering", pgettext_lazy("nurture phase", "Gathering information")
    COMPARING = "comparing", pgettext_lazy("nurture phase", "Comparing")
    DORMANT = "dormant", pgettext_lazy("nurture phase", "Dormant")
    LOST = "lost", pgettext_lazy("nurture phase", "Lost")


class StepKind(TextChoices):
    CALL = "call", pgettext_lazy("nurture step", "Call")
    MAIL = "mail", pgettext_lazy("nurture step", "Email")
    CONTENT = "content", pgettext_lazy("nurture step", "Send content")
    OTHER = "other", pgettext_lazy("nurture step", "Other task")


class StepOwner(TextChoices):
    """Who does a step. Whoever has left is stood in for by marketing."""

    MARKETING = "marketing", pgettext_lazy("nurture step", "Marketing")
    OWNER = "owner", pgettext_lazy("nurture step", "Whoever had the lead")
    PERSON = "person", pgettext_lazy("nurture step", "A colleague")


class RunState(TextChoices):
    RUNNING = "running"
    FINISHED = "finished"
    STOPPED = "stopped"


class Ended(TextChoices):
    """Why a track is over for a lead."""

    FINISHED = "finished", pgettext_lazy("nurture ended", "all steps done")
    HANDED_OVER = "handed_over", pgettext_lazy("nurture ended", "handed over")
    QUALIFIED = "qualified", pgettext_lazy("nurture ended", "became an MQL")
    TAKEN_UP = "taken_up", pgettext_lazy("nurture ended", "due for review")
    OPPORTUNITY = "opportunity", pgettext_lazy("nurture ended", "an opportunity")
    WON = "won", pgettext_lazy("nurture ended", "won")
    DISQUALIFIED = "disqualified", pgettext_lazy("nurture ended", "disqualified")
    OPTED_OUT = "opted_out", pgettext_lazy("nurture ended", "unsubscribed")
    REPLACED = "replaced", pgettext_lazy("nurture ended", "another track")
    OWN_PLAN = "own_plan", pgettext_lazy("nurture ended", "a next action instead")
    MERGED = "merged", pgettext_lazy("nurture ended", "merged")
    BY_HAND = "by_hand", pgettext_lazy("nurture ended", "by hand")
    GONE = "gone", pgettext_lazy("nurture ended", "history imported or taken back")


class Taken(TextChoices):
    """What became of a step."""

    DONE = "done"
    SKIPPED = "skipped"


class Cause(TextChoices):
    """What sends a lead to rest, where no reject reason says it."""

    BY_HAND = "by_hand", pgettext_lazy("nurture cause", "Moved to nurture by hand")
    CONSIDERING = "considering", pgettext_lazy("nurture cause", "Still considering")
    LOST = "lost", pgettext_lazy("nurture cause", "Lost")


_AFTER = {
    Stage.MAL: Ended.TAKEN_UP,
    Stage.MQL: Ended.QUALIFIED,
    Stage.OPPORTUNITY: Ended.OPPORTUNITY,
    Stage.WON: Ended.WON,
    Stage.DISQUALIFIED: Ended.DISQUALIFIED,
}


def ended_by(to: str, way: str) -> Ended:
    """Why a track ends when its lead changes to stage `to` by this way."""
    return Ended.HANDED_OVER if way == Way.OFFERED else _AFTER.get(Stage(to), Ended.BY_HAND)


def cause_of(to: str, way: str) -> Cause:
    """Which settings say the track when a lead comes to rest in `to` by this way."""
    if to == Stage.LOST:
        return Cause.LOST
    return Cause.CONSIDERING if way in (Way.RESULT, Way.CORRECTED) else Cause.BY_HAND


@dataclass(frozen=True)
class StandardStep:
    """`wait_days`: calendar days after the step before, for the first one after the track began."""

    kind: StepKind
    wait_days: int
    owner: StepOwner
    task_ja: str
    task_en: str


@dataclass(frozen=True)
class StandardTrack:
    """A track as shipped; organisations edit them. Each ends before the reasons that lead to it resurface."""

    code: str
    phase: NurturePhase
    name_ja: str
    name_en: str
    steps: tuple[StandardStep, ...]


_MARKETING, _OWNER = StepOwner.MARKETING, StepOwner.OWNER
STANDARD_TRACKS: tuple[StandardTrack, ...] = (
    StandardTrack(
        "gathering",
        NurturePhase.GATHERING,
        "課題と事例を届ける",
        "Problems and cases",
        (
            StandardStep(
                StepKind.CONTENT, 3, _MARKETING, "課題の整理に役立つ資料を送る", "Send a guide to their problem"
            ),
            StandardStep(StepKind.CONTENT, 14, _MARKETING, "同業の導入事例を送る", "Send a case from their industry"),
            StandardStep(StepKind.MAIL, 21, _MARKETING, "ウェビナーに案内する", "Invite them to a webinar"),
            StandardStep(StepKind.CALL, 30, _OWNER, "検討が始まったかを聞く", "Ask whether they have begun to look"),
        ),
    ),
    StandardTrack(
        "comparing",
        NurturePhase.COMPARING,
        "判断材料を届ける",
        "What helps to decide",
        (
            StandardStep(StepKind.MAIL, 2, _OWNER, "比較のポイントをまとめて送る", "Sum up what to compare"),
            StandardStep(StepKind.CONTENT, 10, _MARKETING, "費用と効果の資料を送る", "Send costs and benefits"),
            StandardStep(
                StepKind.CALL, 14, _OWNER, "検討の状況と予算の時期を聞く", "Ask how far they are, and about budget"
            ),
        ),
    ),
    StandardTrack(
        "dormant",
        NurturePhase.DORMANT,
        "もう一度つながる",
        "Getting in touch again",
        (
            StandardStep(StepKind.MAIL, 7, _MARKETING, "切り口を変えたメールを送る", "Write about something else"),
            StandardStep(StepKind.CALL, 14, _MARKETING, "時間帯を変えて電話する", "Call at another time of day"),
        ),
    ),
    StandardTrack(
        "lost",
        NurturePhase.LOST,
        "次の機会に備える",
        "Ready for the next chance",
        (
            StandardStep(
                StepKind.MAIL,
                14,
                _OWNER,
                "お礼と、状況が変わったときの連絡先を送る",
                "Thank them, and say how to reach us",
            ),
            StandardStep(StepKind.CONTENT, 30, _MARKETING, "新機能や改善を知らせる", "Tell them what is new"),
            StandardStep(StepKind.CALL, 40, _OWNER, "導入後の様子と不満を聞く", "Ask how their choice works out"),
        ),
    ),
)
# Which track follows where no reject reason says it: (cause, reason, track); an empty reason is any other.
STANDARD_CHOICES: tuple[tuple[Cause, str, str], ...] = (
    (Cause.BY_HAND, "", "gathering"),
    (Cause.BY_HAND, "no_need", "dormant"),
    (Cause.CONSIDERING, "", "comparing"),
    (Cause.LOST, "", "lost"),
    (Cause.LOST, "no_need", "dormant"),
)
