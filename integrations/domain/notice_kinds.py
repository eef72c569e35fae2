"""What each kind of notice is: its sign, and whether it also goes out by mail and chat."""

from dataclasses import dataclass


@dataclass(frozen=True)
class NoticeKind:
    """`mails`: it asks for something, or answers what the person asked for, so it also goes by mail and chat."""

    icon: str
    mails: bool = False


KINDS = {
    "handoff.offered": NoticeKind("inbox", mails=True),
    "handoff.queued": NoticeKind("inbox", mails=True),
    "handoff.rerouted": NoticeKind("arrows-exchange"),
    "handoff.reassigned": NoticeKind("arrows-exchange", mails=True),
    "leads.assigned": NoticeKind("user-check", mails=True),
    "handoff.withdrawn": NoticeKind("arrow-back-up"),
    "handoff.paused": NoticeKind("player-pause"),
    "handoff.accepted": NoticeKind("check"),
    "handoff.rejected": NoticeKind("arrow-back-up", mails=True),
    "feedback.given": NoticeKind("message"),
    "clock.warned": NoticeKind("clock", mails=True),
    "clock.breached": NoticeKind("alert-circle", mails=True),
    "clock.escalated": NoticeKind("alert-circle", mails=True),
    "duty.nudged": NoticeKind("bell", mails=True),
    "answer_check.due": NoticeKind("calendar-check", mails=True),
    "sla_agreement.waits": NoticeKind("flag", mails=True),
    "scoring_model.publication_asked": NoticeKind("clipboard-check", mails=True),
    "scoring_model.published": NoticeKind("check", mails=True),
    "scoring_model.discarded": NoticeKind("x", mails=True),
    "batch.made": NoticeKind("stack-pop", mails=True),
    "import.finished": NoticeKind("file-import"),
    "mail.dead": NoticeKind("mail-off"),
    "chat.dead": NoticeKind("mail-off"),
}
