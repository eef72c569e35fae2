"""Addresses of the leads' pages."""

from django.urls import path, re_path

from leads.web import (
    activities,
    duplicate_urls,
    exporting,
    lead_edit,
    lead_page,
    list_page,
    qualification,
    saved_lists,
    settings_urls,
)

urlpatterns = [
    path("leads/", list_page.show, name="leads"),
    path("leads/columns/", list_page.choose_columns, name="lead-columns"),
    path("leads/export/", exporting.export, name="leads-export"),
    path("leads/save/", saved_lists.save, name="saved-list"),
    path("leads/lists/<int:pk>/delete/", saved_lists.delete, name="saved-list-delete"),
    path("leads/new/", lead_edit.new, name="lead-new"),
    path("leads/<int:pk>/", lead_page.show, name="lead"),
    path("leads/<int:pk>/timeline/", lead_page.more_timeline, name="lead-timeline"),
    path("leads/<int:pk>/edit/", lead_edit.edit, name="lead-edit"),
    path("leads/<int:pk>/qualification/", qualification.show, name="lead-qualification"),
    path("leads/<int:pk>/qualification/<slug:name>/", qualification.one, name="lead-qualification-field"),
    path("leads/<int:pk>/activities/new/", activities.new, name="lead-activity"),
    re_path(
        r"^leads/(?P<pk>[0-9]{1,18})/(?P<which>opted-out|do-not-contact)/$",
        lead_edit.refuse_contact,
        name="lead-refuse-contact",
    ),
    *duplicate_urls.patterns,
    *settings_urls.patterns,
]
