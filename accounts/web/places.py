"""Where a page leads next when the request names the place."""

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def safe_next(request: HttpRequest, fallback: str) -> str:
    """`next` of the request if it is an address of this site, else `fallback`."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    is_safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    # A bare word would be taken for the name of a page.
    return target if is_safe and "/" in target else fallback
