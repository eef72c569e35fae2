"""Addresses of notices and signed links."""

from django.urls import path

from integrations.web import first_start, links, notice_settings, notices

urlpatterns = [
    path("l/<str:token>/", links.LinkPage.as_view(), name="signed-link"),
    path("start/", first_start.show, name="first-start"),
    path("start/<str:key>/", first_start.step, name="first-step"),
    path("notices/", notices.NoticesPage.as_view(), name="notices"),
    path("notices/settings/", notice_settings.own, name="notice-settings"),
    path("settings/notices/", notice_settings.teams, name="settings-notices"),
    path("settings/notices/<int:pk>/", notice_settings.team, name="settings-team-notices"),
]
