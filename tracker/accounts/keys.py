"""What the settings know: the secret that links are made with, and how dear a password's hash is.

The feature's only reader of `current_app` outside its views: actions and commands know no Flask, and tests
choose a cheap hash by the setting instead of by a patch.
"""

from flask import current_app

DEAR = "scrypt:32768:8:1"  # OWASP's lesser memory setting: about 0.1 s and 32 MiB


def secret_key() -> bytes:
    """The key of sessions and links. Changing it ends all of them."""
    return str(current_app.config["SECRET_KEY"]).encode()


def password_method() -> str:
    """How a new password is hashed, in Werkzeug's notation."""
    return str(current_app.config.get("PASSWORD_METHOD", DEAR))


def base_url() -> str:
    """The address that links in mails begin with, without a slash at its end."""
    return str(current_app.config["BASE_URL"])
