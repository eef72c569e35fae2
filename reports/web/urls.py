"""Addresses of the dashboards."""

from django.urls import path

from reports.web.contents import ContentFigures, ContentsPage
from reports.web.dashboard import DashboardPage, DefinitionsPage, FigureLeadsPage

urlpatterns = [
    path("contents/", ContentsPage.as_view(), name="contents"),
    path("contents/<int:pk>/figures/", ContentFigures.as_view(), name="content-figures"),
    path("dashboard/", DashboardPage.as_view(), name="dashboard"),
    path("dashboard/leads/", FigureLeadsPage.as_view(), name="figure-leads"),
    path("dashboard/definitions/", DefinitionsPage.as_view(), name="definitions"),
]
