"""The address by which anyone, with an account or without, chooses how often they get mail. Nothing is stored."""

from itsdangerous import BadData, URLSafeSerializer

from tracker import signing

SALT = "mail-stop"


def address(person_id: int) -> str:
    """The person's address: for a mail, where it also is what mail programs call to unsubscribe (RFC 8058)."""
    return f"{signing.base_url()}/mail/stop/{_serializer().dumps(person_id)}"


def person_id_of(token: str) -> int | None:
    """The person whose address ends with `token`; None for a wrong one."""
    try:
        found = _serializer().loads(token)
    except (BadData, ValueError, TypeError):
        return None
    return found if isinstance(found, int) else None


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(signing.secret_key(), salt=SALT)
