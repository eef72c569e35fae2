"""Addresses of the settings of channels and campaigns."""

from django.urls import path

from leads.web import settings_channels

patterns = [
    path("settings/channels/", settings_channels.show, name="settings-channels"),
    path("settings/channels/new/", settings_channels.add_channel, name="settings-channel-new"),
    path("settings/channels/<int:pk>/", settings_channels.switch, name="settings-channel"),
    path("settings/campaigns/new/", settings_channels.campaign, name="settings-campaign-new"),
    path("settings/campaigns/<int:pk>/", settings_channels.campaign, name="settings-campaign"),
]
