import re

import pytest

from tests.mails import text_of
from tracker.activity.outbox import send_owed


@pytest.fixture
def letters():
    """Sends what is owed and returns the mails, each with the path of the link it holds."""

    def collect():
        sent = []
        send_owed(send=sent.append)
        for letter in sent:
            found = re.search(r"https?://[^/\s]+(/\S+)", text_of(letter))
            letter.path = found[1] if found else None
            letter.join = (letter.path or "").replace("/a/", "/join/")  # where its page's button leads
        return sent

    return collect
