"""What the pages with forms share: what was posted."""

from django.http import HttpRequest, QueryDict


def posted(request: HttpRequest) -> QueryDict | None:
    """The posted values, also when none came; None for a page that is only looked at."""
    return request.POST if request.method == "POST" else None
