"""Composes the text of a mail when it is sent, from what is still true then."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import navigation
from accounts.interface import dates
from accounts.models import Organization, User
from integrations.models import Mail, Notice
from integrations.queries import notice_rows
from integrations.queries.addresses import full
from integrations.queries.notice_rows import NoticeRow
from integrations.services import ways_on

RULE = "-" * 40


@dataclass(frozen=True)
class Letter:
    """Subject and plain text, in the receiver's language."""

    subject: str
    body: str


def compose(*, mail: Mail, at: datetime) -> Letter | None:
    """The letter, or None when there is nothing left to write about."""
    if not mail.user.is_active:
        return None
    notices = [notice for notice in mail.notices.order_by("id") if not notice_rows.is_settled(notice)]
    if mail.is_digest:
        notices = [notice for notice in notices if notice.read_at is None]
    if not notices:
        return None
    zone = Organization.objects.get(pk=1).zone
    with translation.override(mail.user.language), timezone.override(zone), dates.read_at(lambda: at):
        return _digest(mail, notices, at) if mail.is_digest else _single(mail, notices[0], at)


def _single(mail: Mail, notice: Notice, at: datetime) -> Letter:
    [row] = notice_rows.rows([notice])
    lines = [_greeting(mail.user), "", row.text, row.note, "", *_ways_on(mail, notice, row, at), *_foot()]
    return Letter(_one_line(row.text), "\n".join(lines))


def _digest(mail: Mail, notices: list[Notice], at: datetime) -> Letter:
    rows = notice_rows.rows(notices)
    count = len(rows)
    subject = ngettext("%(count)d item is waiting for you", "%(count)d items are waiting for you", count) % {
        "count": count
    }
    lines = [_greeting(mail.user), "", subject]
    for notice, row in zip(notices, rows, strict=True):
        lines += ["", RULE, row.text, row.note, *_ways_on(mail, notice, row, at)]
    return Letter(subject, "\n".join([*lines, *_foot()]))


def _ways_on(mail: Mail, notice: Notice, row: NoticeRow, at: datetime) -> list[str]:
    found = ways_on.of(user=mail.user, key=mail.key, notice=notice, url=row.url, at=at)
    return [f"{way.label}: {way.url}" for way in found]


def _greeting(user: User) -> str:
    return _("To %(name)s") % {"name": user.name}


def _foot() -> list[str]:
    told = _(
        "These links answer for you without signing in, or open the sheet. Don't forward this email. They expire after seven days or once used."
    )
    return ["", RULE, told, _line(_("All notices"), navigation.address("notices"))]


def _line(name: str, path: str) -> str:
    return f"{name}: {full(path)}"


def _one_line(text: str) -> str:
    return " ".join(text.split())[:150]
