"""Who may do what with scoring models, asked by pages, API and templates alike."""

from typing import Any

from accounts.domain.roles import Permission


def may_read(user: Any) -> bool:
    """Everyone who works with leads may see why they score as they do."""
    return user.may(Permission.SEE_LEADS)


def may_draft(user: Any) -> bool:
    return user.may(Permission.DRAFT_RULES)


def may_agree(user: Any) -> bool:
    return user.may(Permission.AGREE_TO_RULES)


def may_publish(user: Any) -> bool:
    return user.may(Permission.PUBLISH_RULES)


def may_recompute(user: Any) -> bool:
    return user.may(Permission.RECOMPUTE)
