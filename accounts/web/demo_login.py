"""One click in as a person of the sample company, only while it is loaded."""

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import get_language
from django.views.decorators.http import require_POST

from accounts.models import Organization, User
from accounts.web.shell import keep_language

_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@require_POST
def demo_login(request: HttpRequest, pk: int) -> HttpResponse:
    """Signs the visitor in as this person; 404 unless the sample company is what is loaded."""
    if not Organization.objects.filter(is_sample=True).exists():
        raise Http404
    user = get_object_or_404(User.objects.active().people(), pk=pk)
    login(request, user, backend=_BACKEND)
    answer = redirect(settings.LOGIN_REDIRECT_URL)
    # The visitor reads on in the language of the page they pressed on, not in the invented person's.
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        keep_language(answer, get_language() or settings.LANGUAGE_CODE)
    return answer
