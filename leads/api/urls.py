"""Addresses of leads, activities and their sources."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from leads.api.activities import ActivitiesView
from leads.api.duplicates import DuplicatePairViewSet
from leads.api.imports import ImportViewSet
from leads.api.leads import LeadViewSet
from leads.api.merging import MergeViewSet
from leads.api.segments import SegmentViewSet
from leads.api.sources import CampaignViewSet, ChannelViewSet

router = SimpleRouter()
router.register("leads", LeadViewSet, basename="lead")
router.register("imports", ImportViewSet, basename="import")
router.register("segments", SegmentViewSet, basename="segment")
router.register("duplicates", DuplicatePairViewSet, basename="duplicate")
router.register("merges", MergeViewSet, basename="merge")
router.register("channels", ChannelViewSet, basename="channel")
router.register("campaigns", CampaignViewSet, basename="campaign")

_errors = ImportViewSet.as_view({"get": "errors"}, filterset_fields=[])
urlpatterns = [
    path("imports/<str:pk>/errors.csv", _errors, name="import-errors"),
    path("activities/", ActivitiesView.as_view(), name="activities"),
    path("", include(router.urls)),
]
