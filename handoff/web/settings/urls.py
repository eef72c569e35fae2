"""Addresses of the settings of handing over."""

from django.urls import path

from handoff.web.settings import agreement, calendars, gates, handoff_rules, nurture, policies, reasons, routes

patterns = [
    path("settings/gates/", gates.show, name="settings-gates"),
    path("settings/gates/<slug:kind>/", gates.edit, name="settings-gate"),
    path("settings/handoff-rules/", handoff_rules.show, name="settings-handoff-rules"),
    path("settings/handoff-rules/new/", handoff_rules.edit, name="settings-handoff-rule-new"),
    path("settings/handoff-rules/<int:pk>/", handoff_rules.edit, name="settings-handoff-rule"),
    path("settings/handoff-rules/<int:pk>/<slug:verb>/", handoff_rules.act, name="settings-handoff-rule-act"),
    path("settings/routing/", routes.show, name="settings-routes"),
    path("settings/routing/<int:pk>/", routes.edit, name="settings-route"),
    path("settings/routing/<int:pk>/<slug:verb>/", routes.act, name="settings-route-act"),
    path("settings/routing/new/<slug:leg>/", routes.edit, name="settings-route-new"),
    path("settings/deadlines/", policies.show, name="settings-policies"),
    path("settings/deadlines/change/", policies.change, name="settings-policy"),
    path("settings/deadlines/pauses/", policies.limit_pauses, name="settings-pauses"),
    path("settings/agreement/", agreement.show, name="settings-agreement"),
    path("settings/agreement/draft/", agreement.edit, name="settings-agreement-edit"),
    path("settings/agreement/agree/", agreement.agree, name="settings-agreement-agree"),
    path("settings/agreement/<int:pk>/", agreement.earlier, name="settings-agreement-earlier"),
    path("settings/calendar/", calendars.show, name="settings-calendar"),
    path("settings/calendar/day/", calendars.press, name="settings-day"),
    path("settings/calendar/closing/", calendars.close, name="settings-close"),
    path("settings/calendar/closing/<int:pk>/", calendars.reopen, name="settings-closing"),
    path("settings/nurture/", nurture.show, name="settings-nurture"),
    path("settings/nurture/new/", nurture.edit, name="settings-nurture-new"),
    path("settings/nurture/outcomes/", nurture.outcomes, name="settings-nurture-outcomes"),
    path("settings/nurture/<int:pk>/", nurture.edit, name="settings-nurture-track"),
    path("settings/reasons/", reasons.show, name="settings-reasons"),
    path("settings/reasons/new/", reasons.edit, name="settings-reason-new"),
    path("settings/reasons/<int:pk>/", reasons.edit, name="settings-reason"),
]
