from integrations.models.notice import Mail, Notice, SignedLink
from integrations.models.telling import NoticeSetting

__all__ = ["Mail", "Notice", "NoticeSetting", "SignedLink"]
