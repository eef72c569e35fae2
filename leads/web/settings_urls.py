"""Addresses of the settings of channels, campaigns and own fields."""

from django.urls import path

from leads.web import settings_channels, settings_fields

patterns = [
    path("settings/channels/", settings_channels.show, name="settings-channels"),
    path("settings/channels/new/", settings_channels.add_channel, name="settings-channel-new"),
    path("settings/channels/<int:pk>/", settings_channels.switch, name="settings-channel"),
    path("settings/campaigns/new/", settings_channels.campaign, name="settings-campaign-new"),
    path("settings/campaigns/<int:pk>/", settings_channels.campaign, name="settings-campaign"),
    path("settings/fields/", settings_fields.show, name="settings-fields"),
    path("settings/fields/new/", settings_fields.field, name="settings-field-new"),
    path("settings/fields/<int:pk>/", settings_fields.field, name="settings-field"),
    path("settings/fields/<int:pk>/move/", settings_fields.move, name="settings-field-move"),
    path("settings/fields/<int:pk>/delete/", settings_fields.delete, name="settings-field-delete"),
]
