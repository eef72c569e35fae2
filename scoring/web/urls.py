"""Addresses of the pages of scoring."""

from django.urls import path

from scoring.web import draft_pages, lead_panel, publishing, runs, suggestions, views

urlpatterns = [
    path("leads/<int:pk>/score/", lead_panel.show, name="lead-score-panel"),
    path("leads/<int:pk>/score/reasons/", lead_panel.reasons, name="lead-score-reasons"),
    path("settings/publishing/", publishing.settings, name="settings-publishing"),
    path("scoring/", views.home, name="scoring"),
    path("scoring/start/", views.start, name="scoring-start"),
    path("scoring/dimension/", draft_pages.dimension_begun, name="scoring-dimension"),
    path("scoring/recompute/", runs.recompute_all, name="recompute"),
    path("scoring/runs/<int:pk>/", runs.show_run, name="recompute-run"),
    path("scoring/runs/<int:pk>/stop/", runs.stop_run, name="recompute-stop"),
    path("scoring/runs/<int:pk>/resume/", runs.resume_run, name="recompute-resume"),
    path("scoring/<int:pk>/", views.show, name="scoring-model"),
    path("scoring/<int:pk>/effect/", views.show_effect, name="scoring-effect"),
    path("scoring/<int:pk>/diff/", views.show_difference, name="scoring-difference"),
    path("scoring/<int:pk>/frame/", draft_pages.edit_frame, name="scoring-frame"),
    path("scoring/<int:pk>/copy/", views.copy, name="scoring-copy"),
    path("scoring/<int:pk>/discard/", views.discard, name="scoring-discard"),
    path("scoring/<int:pk>/figures/<slug:name>/", draft_pages.set_figure, name="scoring-figure"),
    path("scoring/<int:pk>/rules/new/", draft_pages.edit_rule, name="scoring-rule-new"),
    path("scoring/<int:pk>/rules/<slug:key>/", draft_pages.edit_rule, name="scoring-rule"),
    path("scoring/<int:pk>/rules/<slug:key>/remove/", draft_pages.remove_rule, name="scoring-rule-remove"),
    path("scoring/<int:pk>/suggestions/", suggestions.show, name="scoring-suggestions"),
    path("scoring/<int:pk>/suggestions/take/", suggestions.take, name="scoring-suggestions-take"),
    path("scoring/<int:pk>/fix/", views.take_fix, name="scoring-fix"),
    path("scoring/<int:pk>/agree/", views.agree, name="scoring-agree"),
    path("scoring/<int:pk>/ask/", views.ask_to_publish, name="scoring-ask"),
    path("scoring/<int:pk>/earlier/", views.try_earlier, name="scoring-earlier"),
    path("scoring/<int:pk>/why/", views.keep_why, name="scoring-why"),
    path("scoring/<int:pk>/publish/", views.publish, name="scoring-publish"),
]
