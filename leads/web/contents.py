"""One content: what it is, changed by marketing; what it brought is another app's panel."""

import json
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods

from accounts import navigation
from accounts.domain.roles import Permission
from accounts.interface import toasts
from accounts.interface.forms import show as show_error
from journal.errors import DomainError
from leads.domain.choices import ContentKind, Phase
from leads.models import Content
from leads.services import contents
from leads.services.contents import TEXTS
from leads.web.posting import posted


class ContentForm(forms.Form):
    title = forms.CharField(label=gettext_lazy("Content title"), max_length=TEXTS["title"])
    url = forms.CharField(label=pgettext_lazy("content", "URL"), max_length=TEXTS["url"], required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)
    phase = forms.ChoiceField(
        label=pgettext_lazy("content", "Buying phase"),
        required=False,
        choices=[("", pgettext_lazy("content", "Not set")), *Phase.choices],
    )
    industry = forms.CharField(label=gettext_lazy("Industry"), max_length=TEXTS["industry"], required=False)

    def __init__(self, *args: Any, kind: str = "", **options: Any):
        super().__init__(*args, **options)
        own = [(kind, kind)] if kind and kind not in ContentKind.values else []
        self.fields["kind"].choices = [("", pgettext_lazy("content", "Not set")), *ContentKind.choices, *own]


@login_required
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """A content on its own page: a new one, or one to read and change."""
    if not request.user.may(Permission.SEE_LEADS):  # type: ignore[union-attr]
        raise PermissionDenied
    may_keep = contents.may_keep(request.user)  # type: ignore[arg-type]
    if (request.method == "POST" or pk is None) and not may_keep:
        raise PermissionDenied
    content = get_object_or_404(Content, pk=pk) if pk else None
    initial = {name: getattr(content, name) for name in ContentForm.base_fields} if content else {}
    form = ContentForm(posted(request), initial=initial, kind=content.kind if content else "")
    if request.method == "POST" and form.is_valid():
        try:
            kept = contents.keep(content=content, values=form.cleaned_data, by=request.user, at=request.entry.at)  # type: ignore[arg-type,attr-defined]
        except DomainError as error:
            show_error(form, error)
        else:
            toasts.say(request, _("Saved"))
            return redirect("content", pk=kept.pk)
    context = {
        "form": form,
        "content": content,
        "may_keep": may_keep,
        "kind": contents.word(content.kind) if content else "",
        "phase": contents.word(content.phase) if content else "",
        "list_url": navigation.address("contents"),
        "figures_url": navigation.address("content-figures", content.pk) if content else "",
        "leads_url": leads_address(content.title) if content else "",
    }
    return render(request, "leads/content.html", context, status=400 if form.errors else 200)


def leads_address(title: str) -> str:
    """The list of the leads that did something with the content."""
    tree = {"activity": {"types": [], "content": {"title": [title]}}}
    text = json.dumps(tree, ensure_ascii=False, separators=(",", ":"))
    return f"{reverse('leads')}?{urlencode({'condition': text})}"
