"""Addresses of handoffs and stages under /api/v1/."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from handoff.api.handoffs import HandoffViewSet
from handoff.api.nurture import NurtureView, StepDoneView, StepSkipView
from handoff.api.stages import NextActionView, TransitionView, TransitionViewSet

router = SimpleRouter()
router.register("handoffs", HandoffViewSet, basename="handoff")
router.register("transitions", TransitionViewSet, basename="transition")

urlpatterns = [
    path("leads/<str:pk>/transition/", TransitionView.as_view(), name="lead-transition"),
    path("leads/<str:pk>/next-action/", NextActionView.as_view(), name="lead-next-action"),
    path("leads/<str:pk>/nurture/", NurtureView.as_view(), name="lead-nurture"),
    path("leads/<str:pk>/nurture/done/", StepDoneView.as_view(), name="lead-nurture-done"),
    path("leads/<str:pk>/nurture/skip/", StepSkipView.as_view(), name="lead-nurture-skip"),
    path("", include(router.urls)),
]
