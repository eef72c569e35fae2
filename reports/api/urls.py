"""Addresses of the reports under /api/v1/."""

from django.urls import path

from reports.api.backtest import BacktestView
from reports.api.tables import REPORTS
from reports.api.views import report_view

urlpatterns = [
    *[path(f"reports/{name}/", report_view(name).as_view(), name=f"report-{name}") for name in REPORTS],
    path("scoring-models/<str:pk>/backtest/", BacktestView.as_view(), name="scoring-model-backtest"),
]
