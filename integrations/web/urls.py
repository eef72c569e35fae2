"""Addresses of notices and signed links."""

from django.urls import path

from integrations.web import first_start, links, notice_settings, notices

urlpatterns = [
    path("l/<str:token>/", links.LinkPage.as_view(), name="signed-link"),
    path("start/", first_start.show, name="first-start"),
    path("start/<str:key>/", first_start.step, name="first-step"),
    path("notices/", notices.NoticesPage.as_view(), name="notices"),
    path("notices/settings/", notice_settings.own, name="notice-settings"),
    path("notices/channels/", notice_settings.connect_own, name="chat-channel-own"),
    path("notices/channels/<int:pk>/test/", notice_settings.try_channel, name="chat-channel-test"),
    path("notices/channels/<int:pk>/remove/", notice_settings.remove_channel, name="chat-channel-remove"),
    path("settings/notices/<int:pk>/channels/", notice_settings.connect_team, name="chat-channel-team"),
    path("settings/notices/", notice_settings.teams, name="settings-notices"),
    path("settings/notices/<int:pk>/", notice_settings.team, name="settings-team-notices"),
]
