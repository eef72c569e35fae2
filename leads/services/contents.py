"""The documents, pages and webinars that activities refer to, kept once by their name."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.domain.roles import Permission
from accounts.models import User
from journal import services as journal
from journal.errors import Conflict, FieldError, Forbidden, Invalid
from journal.transactions import retried
from leads.domain.choices import ContentKind, Phase, StaleCause
from leads.domain.text_folding import fold, tidy
from leads.models import Content
from leads.queries import field_users
from leads.services import staleness

# What a person may say of a content, and how long it may be.
TEXTS = {"title": 200, "url": 500, "kind": 40, "industry": 80}


class BadContent(Invalid):
    code = "bad_content"
    message = _("The content was not saved.")


class ContentInUse(Conflict):
    """Something names the content by its title. Raised by whoever does, within the renaming transaction."""

    code = "content_in_use"
    message = _("“%(content)s” is used by %(users)s. Add the new title there first.")

    def __init__(self, *, content: str, users: Sequence[str]):
        super().__init__(content=content, users=str(_(", ")).join(users))
        self.errors = [FieldError("title", "in_use", str(self))]


def may_keep(user: User) -> bool:
    """Contents are marketing's, as imports are."""
    return user.may(Permission.IMPORT_LEADS)


def word(code: str) -> str:
    """What a kind or a phase of a content is called; kinds of one's own as written."""
    return str(dict([*ContentKind.choices, *Phase.choices]).get(code, code))


@retried
def keep(*, content: Content | None, values: Mapping[str, str], by: User | None, at: datetime) -> Content:
    """A new content, or one changed: title, url, kind, phase, industry. What rules read of it makes scores stale.

    Raises BadContent naming each fault (also a title that another content has), ContentInUse, Forbidden.
    """
    if by is not None and not may_keep(by):
        raise Forbidden(_("Only marketing can change content."))
    given = _checked(values)
    row = Content.objects.select_for_update().get(pk=content.pk) if content else Content()
    old = {name: getattr(row, name) for name in given}
    for name, value in given.items():
        setattr(row, name, value)
    row.title_key = title_key(row.title)
    _write(row)
    new = {name: value for name, value in given.items() if old[name] != value}
    if content and "title" in new:
        _ask_to_rename(row, old["title"], by=by, at=at)
    if content and new:
        staleness.mark_content(content_id=row.pk, cause=StaleCause.BULK, at=at)
    kind = "content.changed" if content else "content.added"
    journal.record(kind, subject=row, by=by, at=at, old={name: old[name] for name in new}, new=new)
    return row


def _ask_to_rename(row: Content, old: str, *, by: User | None, at: datetime) -> None:
    """Whoever names it by its title may object: saved lists here, other apps by the event."""
    data = {"old": old, "new": row.title}
    object_for(data, field_users.lists(field_users.losing(old, row.title)))
    journal.record("content.renaming", subject=row, by=by, at=at, data=data)


def object_for(event_data: Mapping[str, Any], users: Sequence[str]) -> None:
    """For reactions to `content.renaming`: raises ContentInUse when there are users."""
    if users:
        raise ContentInUse(content=str(event_data["old"]), users=users)


def _write(row: Content) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        taken = FieldError("title", "taken", _("This title is already in use."))
        raise BadContent(errors=[taken]) from error


def _checked(values: Mapping[str, str]) -> dict[str, str]:
    given = {name: tidy(values.get(name, "")) for name in TEXTS} | {"phase": values.get("phase", "")}
    faults = [
        FieldError(name, "max_length", _("At most %(count)s characters.") % {"count": most})
        for name, most in TEXTS.items()
        if len(given[name]) > most or not given[name].isprintable()
    ]
    if not given["title"]:
        faults.append(FieldError("title", "required", _("Enter a title.")))
    if given["url"] and not given["url"].startswith(("http://", "https://", "/")):
        faults.append(FieldError("url", "invalid", _("Enter a URL such as https://example.com/case.")))
    if given["phase"] not in ("", *Phase.values):
        faults.append(FieldError("phase", "invalid", _("There is no such phase.")))
    if faults:
        raise BadContent(errors=faults)
    return given


def title_key(title: str) -> str:
    """What makes two titles the same content."""
    return fold(title)[:200]


def named(titles: Iterable[str]) -> dict[str, Content]:
    """The content of each title, made if it is new, by the title's key."""
    wanted = {title_key(title): tidy(title)[:200] for title in titles if title}
    if not wanted:
        return {}
    found = _known(wanted)
    missing = [Content(title=title, title_key=key) for key, title in wanted.items() if key not in found]
    if missing:
        Content.objects.bulk_create(missing, ignore_conflicts=True, batch_size=500)
        found = _known(wanted)
    return found


def _known(wanted: dict[str, str]) -> dict[str, Content]:
    keys = list(wanted)
    chunks = (keys[start : start + 900] for start in range(0, len(keys), 900))
    return {row.title_key: row for chunk in chunks for row in Content.objects.filter(title_key__in=chunk)}
