"""Signed links: issued with a message, stored only hashed, expiring."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts import navigation
from accounts.models import User
from handoff.models import Handoff
from integrations.domain import tokens
from integrations.domain.link_actions import Action
from integrations.models import SignedLink
from integrations.queries.addresses import full
from journal.errors import Conflict, DomainError

LIFETIME = timedelta(days=7)


class UnknownLink(DomainError):
    """Nothing was ever issued under this token."""

    code = "unknown_link"
    status = 404
    message = _("This link is not valid. Copy the whole address from the message.")


class UsedLink(Conflict):
    """It has done what it could do."""

    code = "used_link"
    message = _("This link has already been used.")


class ExpiredLink(DomainError):
    """It is too old, or its person has left."""

    code = "expired_link"
    status = 410
    message = _("This link has expired. Sign in to continue.")


def issue(*, user: User, key: str, handoff: Handoff, action: Action, at: datetime) -> str:
    """The full address that does `action` for the person; the same again for a repeat of the message named `key`."""
    return full(_path(user, key, handoff, action, at))


def onward(*, link: SignedLink, handoff: Handoff, at: datetime) -> str:
    """Whoever has accepted by a link can say by another one, of this site, that they got in touch; "" when that was
    done before."""
    if link.action != Action.ACCEPT or handoff.first_contact_at is not None:
        return ""
    return _path(link.user, f"link:{link.pk}", handoff, Action.CONTACT, at)


def _path(user: User, key: str, handoff: Handoff, action: Action, at: datetime) -> str:
    token = tokens.token(secret=settings.SECRET_KEY, key=f"{key}:{handoff.pk}", action=action.value)
    SignedLink.objects.get_or_create(
        token_hash=tokens.token_hash(token),
        defaults={"user": user, "handoff_id": handoff.pk, "action": action.value, "expires_at": at + LIFETIME},
    )
    return navigation.address("signed-link", token)


def read(*, token: str, at: datetime) -> SignedLink:
    """The link, still good. Changes nothing. Raises UnknownLink, UsedLink, ExpiredLink."""
    link = SignedLink.objects.select_related("user").filter(token_hash=tokens.token_hash(token)).first()
    if link is None:
        raise UnknownLink
    if link.used_at is not None:
        raise UsedLink
    if link.expires_at <= at or not link.user.is_active:
        raise ExpiredLink
    return link
