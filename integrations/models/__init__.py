from integrations.models.notice import Mail, Notice, SignedLink

__all__ = ["Mail", "Notice", "SignedLink"]
