"""Keys of API clients: random, shown once, kept as a digest."""

import secrets
from hashlib import sha256

PREFIX = "gz_"
"""So that scanners for leaked secrets know one when they see it."""
LONGEST = 200


def new_key() -> str:
    """A key of 256 random bits."""
    return PREFIX + secrets.token_urlsafe(32)


def digest_of(key: str) -> str:
    """What is kept of a key. It is random and long, so that a fast hash is enough."""
    return sha256(key.encode()).hexdigest()
