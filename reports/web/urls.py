"""Addresses of the dashboards."""

from django.urls import path

from reports.web.dashboard import DashboardPage, DefinitionsPage, FigureLeadsPage

urlpatterns = [
    path("dashboard/", DashboardPage.as_view(), name="dashboard"),
    path("dashboard/leads/", FigureLeadsPage.as_view(), name="figure-leads"),
    path("dashboard/definitions/", DefinitionsPage.as_view(), name="definitions"),
]
