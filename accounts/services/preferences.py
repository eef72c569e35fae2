"""What a person chooses for themselves."""

from accounts.models import User


def speak(*, user: User, language: str) -> User:
    """Keeps the language in which this person reads pages and mail."""
    user.language = language
    user.save(update_fields=["language"])
    return user
