"""Addresses of the leads' pages."""

from django.urls import path, re_path

from leads.web import (
    activities,
    bulk,
    condition_page,
    contents,
    duplicate_urls,
    exporting,
    lead_edit,
    lead_page,
    list_page,
    own_fields,
    peek,
    qualification,
    saved_lists,
    settings_urls,
)

urlpatterns = [
    path("leads/", list_page.show, name="leads"),
    path("leads/condition/", condition_page.show, name="lead-condition"),
    path("leads/condition/say/", condition_page.say, name="lead-condition-say"),
    path("leads/industries/", list_page.industries, name="lead-industries"),
    path("leads/columns/", list_page.choose_columns, name="lead-columns"),
    path("leads/export/", exporting.export, name="leads-export"),
    path("leads/tag/", bulk.tag, name="lead-bulk-tag"),
    path("leads/bulk/<int:pk>/", bulk.show, name="bulk-run"),
    path("leads/bulk/<int:pk>/undo/", bulk.undo, name="bulk-run-undo"),
    path("leads/save/", saved_lists.save, name="saved-list"),
    path("leads/lists/<int:pk>/delete/", saved_lists.delete, name="saved-list-delete"),
    path("leads/new/", lead_edit.new, name="lead-new"),
    path("leads/<int:pk>/", lead_page.show, name="lead"),
    path("leads/<int:pk>/peek/", peek.show, name="lead-peek"),
    path("leads/<int:pk>/timeline/", lead_page.more_timeline, name="lead-timeline"),
    path("leads/<int:pk>/edit/", lead_edit.edit, name="lead-edit"),
    path("leads/<int:pk>/qualification/", qualification.show, name="lead-qualification"),
    path("leads/<int:pk>/qualification/<slug:name>/", qualification.one, name="lead-qualification-field"),
    path("leads/<int:pk>/own/<str:key>/", own_fields.one, name="lead-own-field"),
    path("leads/<int:pk>/activities/new/", activities.new, name="lead-activity"),
    re_path(
        r"^leads/(?P<pk>[0-9]{1,18})/(?P<which>opted-out|do-not-contact)/$",
        lead_edit.refuse_contact,
        name="lead-refuse-contact",
    ),
    *duplicate_urls.patterns,
    path("contents/new/", contents.one, name="content-new"),
    path("contents/<int:pk>/", contents.one, name="content"),
    *settings_urls.patterns,
]
