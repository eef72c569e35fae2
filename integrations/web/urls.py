"""Addresses of notices and signed links."""

from django.urls import path

from integrations.web import first_start, notices

urlpatterns = [
    path("start/", first_start.show, name="first-start"),
    path("start/<str:key>/", first_start.step, name="first-step"),
    path("notices/", notices.NoticesPage.as_view(), name="notices"),
]
