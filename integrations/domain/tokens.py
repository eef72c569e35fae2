"""Tokens of signed links: made from a secret, so that a repeated message carries the same ones; stored only hashed."""

import base64
import hashlib
import hmac


def token(*, secret: str, key: str, action: str) -> str:
    """256 bits that only the holder of `secret` can make, as text fit for an address."""
    digest = hmac.new(secret.encode(), f"signed-link\n{key}\n{action}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def token_hash(text: str) -> str:
    """What is stored: SHA-256 in hex."""
    return hashlib.sha256(text.encode()).hexdigest()
