from accounts.models.api_key import ApiKey, IdempotentAnswer
from accounts.models.organization import Organization
from accounts.models.people import Absence, Membership, RoleGrant, Team, User

__all__ = ["Absence", "ApiKey", "IdempotentAnswer", "Membership", "Organization", "RoleGrant", "Team", "User"]
