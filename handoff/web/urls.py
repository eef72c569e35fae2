"""Addresses of Today and the pages of handing over."""

from django.urls import path

from handoff.web import gap_urls, today
from handoff.web.settings import urls as settings_urls

urlpatterns = [
    path("", today.show, name="home"),
    *gap_urls.patterns,
    *settings_urls.patterns,
]
