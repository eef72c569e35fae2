"""The person at the screen: their name, and how they sign in while no password is set."""

from django import forms
from django.contrib.auth import password_validation, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.interface import figures, toasts
from accounts.models import User
from accounts.services import preferences
from journal.errors import Conflict


class NameForm(forms.Form):
    last_name = forms.CharField(label=gettext_lazy("Last name"), max_length=60)
    first_name = forms.CharField(label=gettext_lazy("First name"), max_length=60, required=False)


class DetailsForm(NameForm):
    email = forms.EmailField(label=gettext_lazy("Email"))
    password = forms.CharField(
        label=gettext_lazy("Password"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def clean_password(self) -> str:
        """The rules of the installation, said beside the field; it must not be the name or the address either."""
        given = {name: self.cleaned_data.get(name, "") for name in ("last_name", "first_name", "email")}
        password_validation.validate_password(self.cleaned_data["password"], User(**given))
        return str(self.cleaned_data["password"])


@login_required
@require_http_methods(["GET", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """Asks once; with a password set, changing it is allauth's page."""
    user: User = request.user  # type: ignore[assignment]
    if user.has_usable_password():
        return redirect("account_change_password")
    initial = {"last_name": user.last_name, "first_name": user.first_name}
    form = DetailsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            preferences.sign_in_with(user=user, **form.cleaned_data)
        except Conflict as error:
            form.add_error("email", str(error))
        else:
            update_session_auth_hash(request, user)
            toasts.say(request, _("You now sign in with %(email)s.") % {"email": user.email})
            return redirect("home")
    return render(request, "account/sign_in_details.html", {"form": form}, status=400 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def name(request: HttpRequest) -> HttpResponse:
    """One's own name, as colleagues read it everywhere."""
    user: User = request.user  # type: ignore[assignment]
    given = request.POST if request.method == "POST" else None
    form = NameForm(given, initial={"last_name": user.last_name, "first_name": user.first_name})
    if form.is_valid():
        preferences.be_called(user=user, **form.cleaned_data)
        toasts.say(request, _("Your name is now %(name)s.") % {"name": figures.person(user)})
        return redirect("home")
    return render(request, "account/name.html", {"form": form}, status=400 if form.errors else 200)
