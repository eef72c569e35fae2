"""Addresses of results and deals under /api/v1/."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from feedback.api.views import FeedbackView, OpportunityViewSet

router = SimpleRouter()
router.register("opportunities", OpportunityViewSet, basename="opportunity")

urlpatterns = [
    path("handoffs/<str:pk>/feedback/", FeedbackView.as_view(), name="handoff-feedback"),
    path("", include(router.urls)),
]
