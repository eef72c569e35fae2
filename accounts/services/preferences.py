"""What a person chooses for themselves."""

from accounts.models import User
from accounts.services.people import EmailTaken
from journal.transactions import retried


@retried
def speak(*, user: User, language: str) -> User:
    """Keeps the language in which this person reads pages and mail."""
    user.language = language
    user.save(update_fields=["language"])
    return user


@retried
def be_called(*, user: User, last_name: str, first_name: str) -> User:
    """The person's own name from now on."""
    user.last_name, user.first_name = last_name.strip(), first_name.strip()
    user.save(update_fields=["last_name", "first_name"])
    return user


@retried
def sign_in_with(*, user: User, last_name: str, first_name: str, email: str, password: str) -> User:
    """The person's own name, address and password from now on. Raises EmailTaken."""
    address = email.strip().lower()
    if User.objects.filter(email=address).exclude(pk=user.pk).exists():
        raise EmailTaken(email=address)
    user.last_name, user.first_name, user.email = last_name.strip(), first_name.strip(), address
    user.set_password(password)
    user.save(update_fields=["last_name", "first_name", "email", "password"])
    return user
