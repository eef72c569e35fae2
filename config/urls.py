"""Every address of the product, app by app."""

from importlib.util import find_spec

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from accounts.web.access import closed
from config.health import healthz, readyz

API_APPS = ["accounts", "leads", "scoring", "handoff", "feedback", "reports", "integrations"]

api_patterns = [path("", include(f"{app}.api.urls")) for app in API_APPS if find_spec(f"{app}.api.urls")]

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    # Addresses to sign in with are the administrators' matter, codes and confirmations by mail nobody's.
    path("account/email/", closed),
    path("account/confirm-email/", closed),
    path("account/login/code/confirm/", closed),
    path("account/", include("allauth.account.urls")),
    path("api/v1/", include((api_patterns, "api"))),
    path("api/v1/schema/", SpectacularAPIView.as_view(), name="schema"),
    path(
        "api/docs/",
        SpectacularSwaggerSplitView.as_view(url_name="schema", http_method_names=["get", "head"]),
        name="api-docs",
    ),
    path("imports/", include("leads.web.import_urls")),
    *[path("", include(f"{app}.web.urls")) for app in API_APPS if find_spec(f"{app}.web.urls")],
]

handler400 = "accounts.api.fallback.bad_request"
handler403 = "accounts.api.fallback.forbidden"
handler404 = "accounts.api.fallback.not_found"
handler500 = "accounts.api.fallback.server_error"
