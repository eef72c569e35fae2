"""What of an API key is kept."""

import hashlib


def secret_hash(secret: str) -> str:
    """SHA-256 of a key's secret part, in hex: 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()
