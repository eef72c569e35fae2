"""Addresses of leads, activities and their sources."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from leads.api.activities import ActivitiesView
from leads.api.leads import LeadViewSet
from leads.api.sources import CampaignViewSet, ChannelViewSet

router = SimpleRouter()
router.register("leads", LeadViewSet, basename="lead")
router.register("channels", ChannelViewSet, basename="channel")
router.register("campaigns", CampaignViewSet, basename="campaign")

urlpatterns = [path("activities/", ActivitiesView.as_view(), name="activities"), path("", include(router.urls))]
