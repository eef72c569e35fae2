"""Look-ups: where leads come from."""

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, viewsets

from accounts.domain.roles import Scope
from leads.api.serializers import CampaignSerializer, ChannelSerializer
from leads.models import Campaign, Channel


@extend_schema(summary="Channels")
class ChannelViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[Channel]):
    """Where leads come from."""

    queryset = Channel.objects.all()
    serializer_class = ChannelSerializer
    filterset_fields: list[str] = ["is_active"]
    scopes = {"read": Scope.LEADS_READ}


@extend_schema(summary="Campaigns")
class CampaignViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[Campaign]):
    """Efforts within a channel, with their cost."""

    queryset = Campaign.objects.all()
    serializer_class = CampaignSerializer
    filterset_fields: list[str] = ["channel"]
    scopes = {"read": Scope.LEADS_READ}
