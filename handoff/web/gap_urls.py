"""Addresses of the gap board."""

from django.urls import path

from handoff.web import batch_page, gaps, repairing

patterns = [
    path("gaps/", gaps.board, name="gaps"),
    path("gaps/never-contacted/", gaps.silence, name="gaps-silence"),
    path("gaps/gaps.csv", gaps.download, name="gaps-csv"),
    path("batches/<int:pk>/", batch_page.show, name="batch"),
    path("batches/of-import/<int:pk>/", batch_page.of_import, name="import-batches"),
    path("gaps/<slug:code>/<int:pk>/", repairing.repair, name="gap-repair"),
]
