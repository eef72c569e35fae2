"""What somebody typed into a field that no form class reads."""

from django.http import HttpRequest


def typed(request: HttpRequest, name: str, default: str = "") -> str:
    """The field without blanks around it and without NUL, which PostgreSQL takes in no text."""
    return request.POST.get(name, default).replace("\x00", "").strip()
