"""Addresses of the pages of imports."""

from django.urls import path

from leads.web import imports

urlpatterns = [
    path("", imports.index, name="imports"),
    path("starter.xlsx", imports.starter, name="import-starter"),
    path("<int:pk>/", imports.show, name="import"),
    path("<int:pk>/columns/", imports.columns, name="import-columns"),
    path("<int:pk>/reading/", imports.reading, name="import-reading"),
    path("<int:pk>/date-order/", imports.date_order, name="import-date-order"),
    path("<int:pk>/words/", imports.words, name="import-words"),
    path("<int:pk>/resolve/", imports.resolve_all, name="import-resolve-all"),
    path("<int:pk>/refused.xlsx", imports.refused_workbook, name="import-refused-xlsx"),
    path("<int:pk>/commit/", imports.commit, name="import-commit"),
    path("<int:pk>/discard/", imports.discard, name="import-discard"),
    path("<int:pk>/undo/", imports.undo, name="import-undo"),
    path("<int:pk>/refused.csv", imports.refused, name="import-refused"),
    path("<int:pk>/rows/<int:number>/", imports.resolve, name="import-resolve"),
    path("<int:pk>/rows/<int:number>/cells/", imports.mend, name="import-mend"),
]
