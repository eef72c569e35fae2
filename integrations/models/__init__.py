from integrations.models.chat import ChatChannel, ChatMessage
from integrations.models.notice import Mail, Notice, SignedLink
from integrations.models.telling import NoticeSetting

__all__ = ["ChatChannel", "ChatMessage", "Mail", "Notice", "NoticeSetting", "SignedLink"]
