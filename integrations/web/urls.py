"""Addresses of notices and signed links."""

from django.urls import path

from integrations.web import notices

urlpatterns = [
    path("notices/", notices.NoticesPage.as_view(), name="notices"),
]
