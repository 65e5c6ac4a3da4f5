"""Secrets that links carry: made from a nonce and the secret key, kept only as their hash.

A link's token is HMAC-SHA256(secret key, label and nonce). Whoever holds a row keeps the nonce and the token's hash:
a stolen table opens nothing without the key, and a mail can name the link when it is composed, without a query.
"""

import base64
import hashlib
import hmac
import re
import secrets

from flask import current_app

_SHAPE = re.compile(r"[A-Za-z0-9_-]{43}")


def secret_key() -> bytes:
    """The key of sessions and links. Changing it ends all of them."""
    return str(current_app.config["SECRET_KEY"]).encode()


def base_url() -> str:
    """The address that links in mails begin with, without a slash at its end."""
    return str(current_app.config["BASE_URL"])


def new_nonce() -> str:
    """32 random characters; harmless without the key."""
    return secrets.token_urlsafe(24)


def sign(label: str, nonce: str) -> str:
    """The token of a link: 43 characters that fit into an address. `label` says what it is good for."""
    digest = hmac.digest(secret_key(), f"{label}:{nonce}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def hashed(token: str) -> str:
    """What a row keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def has_shape(text: str) -> bool:
    """Whether `text` could be a token at all."""
    return _SHAPE.fullmatch(text) is not None


def is_same(token: str, text: str) -> bool:
    """Whether `text` is the token; the time it takes tells nothing."""
    return hmac.compare_digest(token, text)
