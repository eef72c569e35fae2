"""Addresses of the gap board."""

from django.urls import path

from handoff.web import gaps

patterns = [
    path("gaps/", gaps.board, name="gaps"),
    path("gaps/never-contacted/", gaps.silence, name="gaps-silence"),
    path("gaps/gaps.csv", gaps.download, name="gaps-csv"),
]
