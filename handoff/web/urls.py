"""Addresses of Today and the pages of handing over."""

from django.urls import path

from handoff.web import (
    answering,
    bulk,
    gap_urls,
    handoff_page,
    inbox,
    nurture,
    offering,
    panels,
    pausing,
    today,
    workflow,
)
from handoff.web.settings import urls as settings_urls

urlpatterns = [
    path("", today.show, name="home"),
    path("inbox/", inbox.show, name="inbox"),
    path("handoffs/<int:pk>/", handoff_page.show, name="handoff"),
    path("handoffs/<int:pk>/sheet/", handoff_page.briefing, name="briefing"),
    path("handoffs/<int:pk>/reject/", handoff_page.reject_form, name="handoff-reject"),
    path("handoffs/<int:pk>/contact/", handoff_page.contact_form, name="handoff-contact"),
    path("handoffs/<int:pk>/pause/", pausing.pause, name="handoff-pause"),
    path("handoffs/<int:pk>/answer/<slug:verb>/", answering.answer, name="handoff-answer"),
    path("leads/<int:pk>/offer/", offering.offer, name="lead-offer"),
    path("leads/offer/", offering.bulk, name="handoff-bulk-offer"),
    path("leads/offer/<int:moment>/undo/", offering.undo, name="handoff-offer-undo"),
    path("leads/assign/", bulk.assign, name="lead-bulk-assign"),
    path("leads/nurture/", bulk.nurture, name="lead-bulk-nurture"),
    path("leads/<int:pk>/steps/", panels.steps, name="lead-steps-panel"),
    path("leads/<int:pk>/need/", panels.need, name="lead-need-panel"),
    path("leads/<int:pk>/handoffs/", panels.handoffs, name="lead-handoff-panel"),
    path("leads/<int:pk>/nurture/", nurture.panel, name="lead-nurture-panel"),
    path("leads/<int:pk>/nurture/track/", nurture.choose, name="lead-nurture-track"),
    path("leads/<int:pk>/nurture/<slug:outcome>/", nurture.take, name="lead-nurture-step"),
    path("leads/<int:pk>/actions/", panels.actions, name="lead-actions-panel"),
    path("workflow/", workflow.show, name="workflow"),
    *gap_urls.patterns,
    *settings_urls.patterns,
]
