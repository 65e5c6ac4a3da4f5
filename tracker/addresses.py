"""E-mail addresses in one written form, and paths that are safe to go to after signing in."""

import re

from email_validator import EmailNotValidError, validate_email

from tracker.i18n import _

_LOCAL_PATH = re.compile(r"/(?![/\\])[!-\[\]-~]*")  # printable ASCII without a backslash, one slash first
LONGEST_PATH = 254


def normal_email(text: str) -> str:
    """The address in lower case, its domain in ASCII. Asks no name server. Raises ValueError with a sentence."""
    refused = ValueError(_("Write an e-mail address such as name@example.org."))
    if len(text) > 254:
        raise refused
    try:
        # Few mail servers take letters beyond ASCII before the @ sign.
        made = validate_email(text.strip(), check_deliverability=False, allow_smtputf8=False)
    except (EmailNotValidError, UnicodeError):
        raise refused from None
    return str(made.ascii_email).lower()


def local_path(text: str | None) -> str:
    """`text` where it is a path of this site that a person may be sent to, else ""."""
    if not text or len(text) > LONGEST_PATH or not _LOCAL_PATH.fullmatch(text):
        return ""
    return "" if re.match(r"/sign-(in|out)\b", text) else text
