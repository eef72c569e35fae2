"""Addresses of scores, models and runs."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from scoring.api.views import RecomputeRunViewSet, ScoreView, ScoringModelViewSet

router = SimpleRouter()
router.register("scoring-models", ScoringModelViewSet, basename="scoring-model")
router.register("recompute-runs", RecomputeRunViewSet, basename="recompute-run")

urlpatterns = [path("leads/<str:pk>/score/", ScoreView.as_view(), name="lead-score"), path("", include(router.urls))]
