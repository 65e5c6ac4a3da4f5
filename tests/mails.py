"""Reading a mail as its receiver does."""

from email.message import EmailMessage


def text_of(letter: EmailMessage) -> str:
    """Its plain text."""
    part = letter.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def html_of(letter: EmailMessage) -> str:
    """Its HTML."""
    part = letter.get_body(("html",))
    assert part is not None
    return str(part.get_content())
