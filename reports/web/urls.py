"""Addresses of the dashboards."""

from django.urls import path

from reports.web.answer_check import AnswerCheckPage
from reports.web.backtest import BacktestPage, BacktestToday
from reports.web.contents import ContentFigures, ContentsPage
from reports.web.dashboard import DashboardPage, DefinitionsPage
from reports.web.figure_leads import FigureLeadsPage

urlpatterns = [
    path("scoring/<int:pk>/backtest/", BacktestPage.as_view(), name="scoring-backtest"),
    path("scoring/<int:pk>/backtest/today/", BacktestToday.as_view(), name="scoring-backtest-today"),
    path("contents/", ContentsPage.as_view(), name="contents"),
    path("contents/<int:pk>/figures/", ContentFigures.as_view(), name="content-figures"),
    path("dashboard/", DashboardPage.as_view(), name="dashboard"),
    path("dashboard/answer-check/", AnswerCheckPage.as_view(), name="answer-check"),
    path("dashboard/leads/", FigureLeadsPage.as_view(), name="figure-leads"),
    path("dashboard/definitions/", DefinitionsPage.as_view(), name="definitions"),
]
