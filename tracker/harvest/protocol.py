"""OAI-PMH 2.0: what is asked, checked as the protocol wants it (https://www.openarchives.org/OAI/openarchivesprotocol.html).

Nothing here reads the database. A resumption token says where a list goes on, not which page it is: the moment and
number of the last report that was given. A report that changes meanwhile moves to the end and is given again, so a
list that goes on for days loses nothing. It is signed: only our own are taken.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from itsdangerous import BadData, URLSafeSerializer

PREFIXES = ("oai_dc", "datacite")
ARGUMENTS = {  # verb: what it needs, what it may have
    "Identify": (frozenset(), frozenset()),
    "ListMetadataFormats": (frozenset(), frozenset({"identifier"})),
    "ListSets": (frozenset(), frozenset({"resumptionToken"})),
    "GetRecord": (frozenset({"identifier", "metadataPrefix"}), frozenset()),
    "ListIdentifiers": (frozenset({"metadataPrefix"}), frozenset({"from", "until", "set", "resumptionToken"})),
    "ListRecords": (frozenset({"metadataPrefix"}), frozenset({"from", "until", "set", "resumptionToken"})),
}
LISTS = frozenset({"ListIdentifiers", "ListRecords"})
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_SET = re.compile(r"theme:([1-9][0-9]{0,8})")
_NUMBER = re.compile(r"reports/([1-9][0-9]{0,8})")


class ProtocolError(Exception):
    """An error of the protocol: its code (section 3.6), and what was wrong in English words."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code


@dataclass(frozen=True)
class Asked:
    """A request that holds. Moments are aware; `before` is the first that is too late."""

    verb: str
    given: dict[str, str]  # as it was asked, to be repeated in the answer
    identifier: str = ""
    prefix: str = ""
    since: datetime | None = None
    before: datetime | None = None
    set_name: str = ""
    after: tuple[datetime, int] | None = None  # the stamp and number of the last report that was given
    cursor: int = 0  # how many were given before


def parse(arguments: Iterable[tuple[str, str]], secret: str) -> Asked:
    """What is asked by (name, value) pairs, repeated ones included. Raises ProtocolError."""
    given: dict[str, str] = {}
    for name, value in arguments:
        if name in given:
            raise ProtocolError("badVerb" if name == "verb" else "badArgument", f"The argument {name} is repeated.")
        given[name] = value
    verb = given.pop("verb", "")
    if verb not in ARGUMENTS:
        raise ProtocolError("badVerb", "The verb is missing or not one of the protocol.")
    needed, possible = ARGUMENTS[verb]
    if unknown := sorted(set(given) - needed - possible):
        raise ProtocolError("badArgument", f"{verb} knows no argument {unknown[0]}.")
    if "resumptionToken" in given:
        if len(given) > 1:
            raise ProtocolError("badArgument", "resumptionToken excludes all other arguments.")
        return _resumed(verb, given, secret)
    if lacking := sorted(needed - set(given)):
        raise ProtocolError("badArgument", f"{verb} needs the argument {lacking[0]}.")
    asked = Asked(verb, given, identifier=given.get("identifier", ""), prefix=given.get("metadataPrefix", ""))
    if asked.prefix and asked.prefix not in PREFIXES:
        raise ProtocolError("cannotDisseminateFormat", "The formats are: " + ", ".join(PREFIXES) + ".")
    return _between(asked) if verb in LISTS else asked


def token_after(asked: Asked, stamped_at: datetime, number: int, given_now: int, secret: str) -> str:
    """The token with which the list goes on after the report of this stamp and number."""
    values = [
        asked.verb,
        asked.prefix,
        asked.since.isoformat() if asked.since else "",
        asked.before.isoformat() if asked.before else "",
        asked.set_name,
        stamped_at.isoformat(),
        number,
        asked.cursor + given_now,
    ]
    return str(_serializer(secret).dumps(values))


def set_number(name: str) -> int | None:
    """The theme of a setSpec; None where it is none of ours."""
    found = _SET.fullmatch(name)
    return int(found[1]) if found else None


def report_number(identifier: str, host: str) -> int | None:
    """The report of an identifier; None where it is none of ours."""
    beginning = f"oai:{host}:"
    found = _NUMBER.fullmatch(identifier.removeprefix(beginning)) if identifier.startswith(beginning) else None
    return int(found[1]) if found else None


def _resumed(verb: str, given: dict[str, str], secret: str) -> Asked:
    wrong = ProtocolError("badResumptionToken", "The resumptionToken is not one of ours, or of another list.")
    try:
        token_verb, prefix, since, before, set_name, stamp, number, cursor = _serializer(secret).loads(
            given["resumptionToken"]
        )
        after = (datetime.fromisoformat(stamp), int(number))
        bounds = [datetime.fromisoformat(moment) if moment else None for moment in (since, before)]
    except (BadData, ValueError, TypeError):
        raise wrong from None
    if token_verb != verb:
        raise wrong
    return Asked(
        verb,
        given,
        prefix=prefix,
        since=bounds[0],
        before=bounds[1],
        set_name=set_name,
        after=after,
        cursor=int(cursor),
    )


def _between(asked: Asked) -> Asked:
    given = asked.given
    bounds = [given[name] for name in ("from", "until") if name in given]
    if len({len(bound) for bound in bounds}) > 1:
        raise ProtocolError("badArgument", "from and until have different granularities.")
    since = _moment("from", given["from"]) if "from" in given else None
    last = _moment("until", given["until"]) if "until" in given else None
    if since and last and since > last:
        raise ProtocolError("badArgument", "from is later than until.")
    if asked.given.get("set") is not None and set_number(given["set"]) is None:
        raise ProtocolError("noRecordsMatch", "There is no such set.")
    step = timedelta(days=1) if _DAY.fullmatch(given.get("until", "")) else timedelta(seconds=1)
    try:
        before = last + step if last else None
    except OverflowError:  # the last day that there is: nothing is later
        before = None
    return replace(asked, since=since, before=before, set_name=given.get("set", ""))


def _moment(name: str, text: str) -> datetime:
    shape = "%Y-%m-%d" if _DAY.fullmatch(text) else "%Y-%m-%dT%H:%M:%SZ" if _MOMENT.fullmatch(text) else ""
    try:
        return datetime.strptime(text, shape or "-").replace(tzinfo=UTC)
    except ValueError:
        raise ProtocolError("badArgument", f"{name} is not YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ.") from None


def _serializer(secret: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt="oai")
