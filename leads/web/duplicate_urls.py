"""Addresses of the pages of duplicates."""

from django.urls import path

from leads.web import duplicates

patterns = [
    path("duplicates/", duplicates.index, name="duplicates"),
    path("duplicates/<int:pk>/merge/", duplicates.merge, name="duplicate-merge"),
    path("duplicates/<int:pk>/dismiss/", duplicates.dismiss, name="duplicate-dismiss"),
    path("duplicates/<int:pk>/reopen/", duplicates.reopen, name="duplicate-reopen"),
    path("merges/<int:pk>/undo/", duplicates.undo, name="merge-undo"),
    path("leads/<int:pk>/duplicates/", duplicates.of_lead, name="lead-duplicates"),
]
