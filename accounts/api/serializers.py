"""Shapes of people and teams."""

from rest_framework import serializers

from accounts.models import Team, User


class TeamSerializer(serializers.ModelSerializer[Team]):
    id = serializers.CharField(source="pk", read_only=True, help_text="Opaque id")

    class Meta:
        model = Team
        fields = ("id", "name", "kind")
        extra_kwargs = {
            "name": {"help_text": "Name of the team"},
            "kind": {"help_text": "marketing, inside_sales or field"},
        }


class UserSerializer(serializers.ModelSerializer[User]):
    id = serializers.CharField(source="pk", read_only=True, help_text="Opaque id")
    name = serializers.CharField(read_only=True, help_text="Last name, then first name")
    roles = serializers.SerializerMethodField(help_text="The person's roles")
    teams = serializers.SerializerMethodField(help_text="Ids of the person's teams")

    class Meta:
        model = User
        fields = ("id", "email", "name", "last_name", "first_name", "language", "roles", "teams")
        extra_kwargs = {
            "email": {"help_text": "Address to sign in with"},
            "last_name": {"help_text": "Last name"},
            "first_name": {"help_text": "First name"},
            "language": {"help_text": "ja or en"},
        }

    def get_roles(self, user: User) -> list[str]:
        return sorted(user.roles)

    def get_teams(self, user: User) -> list[str]:
        return sorted(str(team) for team in user.team_ids)


class MeSerializer(UserSerializer):
    permissions = serializers.SerializerMethodField(help_text="What the caller may do")
    scopes = serializers.SerializerMethodField(help_text="Scopes of the API key; null in a browser session")

    class Meta(UserSerializer.Meta):
        fields = (*UserSerializer.Meta.fields, "permissions", "scopes")

    def get_permissions(self, user: User) -> list[str]:
        return sorted(user.permissions)

    def get_scopes(self, user: User) -> list[str] | None:
        key = self.context["request"].auth
        return key.scopes if key is not None else None
