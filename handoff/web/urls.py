"""Addresses of Today and the pages of handing over."""

from django.urls import path

from handoff.web import gap_urls, today

urlpatterns = [
    path("", today.show, name="home"),
    *gap_urls.patterns,
]
