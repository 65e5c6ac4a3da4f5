"""How dear a password's hash is: tests choose a cheap one by the setting instead of by a patch."""

from flask import current_app

DEAR = "scrypt:32768:8:1"  # OWASP's lesser memory setting: about 0.1 s and 32 MiB


def password_method() -> str:
    """How a new password is hashed, in Werkzeug's notation."""
    return str(current_app.config.get("PASSWORD_METHOD", DEAR))
