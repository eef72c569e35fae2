"""Look-ups: me, people, teams."""

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.serializers import MeSerializer, TeamSerializer, UserSerializer
from accounts.models import Team, User


class MeView(APIView):
    """The caller."""

    filter_backends: list[type] = []

    @extend_schema(summary="Who am I, and what may I do", responses=MeSerializer)
    def get(self, request: Request) -> Response:
        return Response(MeSerializer(request.user, context={"request": request}).data)


@extend_schema(summary="Active people")
class UserViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[User]):
    """Active people, without the service users of API keys."""

    serializer_class = UserSerializer
    filterset_fields: list[str] = []
    queryset = User.objects.active().people().prefetch_related("role_grants", "memberships")


@extend_schema(summary="Active teams")
class TeamViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[Team]):
    """Active teams."""

    serializer_class = TeamSerializer
    filterset_fields: list[str] = ["kind"]
    queryset = Team.objects.filter(is_active=True)
