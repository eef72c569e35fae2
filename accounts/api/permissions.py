"""What a caller may touch: the view names scopes, the key or the person's permissions must hold them."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from accounts.models import ApiKey


class HasScope(BasePermission):
    """Views set `scopes = {"read": Scope.…, "write": Scope.…}` or per action `{"accept": Scope.…}`.

    An API key needs the scope; a person signed in needs only to be signed in here: what a person may do is
    decided by the service's permission check, which holds for the key's service user as well.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        if not request.user or not request.user.is_authenticated:
            return False
        if not isinstance(request.auth, ApiKey):
            return True
        scopes = getattr(view, "scopes", {})
        action = getattr(view, "action", None)
        default = scopes.get("read" if request.method in SAFE_METHODS else "write")
        needed = scopes.get(action, default)
        if needed is None or str(needed) in request.auth.scopes:
            return True
        self.message = _("This API key lacks the scope %(scope)s.") % {"scope": needed}
        return False
