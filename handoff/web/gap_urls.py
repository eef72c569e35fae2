"""Addresses of the gap board."""

from django.urls import path

from handoff.web import gaps, repairing

patterns = [
    path("gaps/", gaps.board, name="gaps"),
    path("gaps/never-contacted/", gaps.silence, name="gaps-silence"),
    path("gaps/gaps.csv", gaps.download, name="gaps-csv"),
    path("gaps/<slug:code>/<int:pk>/", repairing.repair, name="gap-repair"),
]
