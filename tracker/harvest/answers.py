"""OAI-PMH 2.0: the answers, as XML."""

import re
from collections.abc import Callable
from datetime import datetime

from lxml import etree

from tracker.harvest import queries
from tracker.harvest.datacite import NAMESPACE as DATACITE
from tracker.harvest.datacite import SCHEMA as DATACITE_SCHEMA
from tracker.harvest.datacite import datacite_xml
from tracker.harvest.dublin_core import OAI_DC, SCHEMA, XSI, dublin_core
from tracker.harvest.protocol import PREFIXES, Asked, ProtocolError, report_number, token_after
from tracker.harvest.words import put, written
from tracker.reports.models import Report

OAI = "http://www.openarchives.org/OAI/2.0/"
IDENTIFIER = "http://www.openarchives.org/OAI/2.0/oai-identifier"
SCHEMAS = {"oai_dc": (OAI_DC, SCHEMA), "datacite": (DATACITE, DATACITE_SCHEMA)}
WRITERS: dict[str, Callable[[Report, str], etree._Element]] = {"oai_dc": dublin_core, "datacite": datacite_xml}
PAGE = {"ListRecords": 100, "ListIdentifiers": 500}
_HOST = re.compile(r"[a-zA-Z][a-zA-Z0-9-]*(\.[a-zA-Z][a-zA-Z0-9-]*)+")  # what an oai-identifier may name


class Repository:
    """The library as a repository: `base` is the address of the site, `email` whom to write to."""

    def __init__(self, *, base: str, name: str, email: str, secret: str) -> None:
        self.base, self.name, self.email, self.secret = base, name, email, secret
        self.host = base.partition("//")[2].split("/")[0].split(":")[0]

    def answer(self, asked: Asked, at: datetime) -> bytes:
        """The answer as it is sent. `at` is when it was asked, before anything was read. Raises ProtocolError."""
        root = self._root(at, {"verb": asked.verb, **asked.given})
        verbs = {
            "Identify": self._identify,
            "ListMetadataFormats": self._formats,
            "ListSets": self._sets,
            "GetRecord": self._record,
            "ListIdentifiers": self._list,
            "ListRecords": self._list,
        }
        verbs[asked.verb](put(root, f"{{{OAI}}}{asked.verb}"), asked)
        return written(root)

    def refusal(self, error: ProtocolError, at: datetime, given: dict[str, str]) -> bytes:
        """What was wrong. `given` is repeated, except where it could not be understood (section 3.2)."""
        root = self._root(at, {} if error.code in ("badVerb", "badArgument") else given)
        put(root, f"{{{OAI}}}error", str(error), code=error.code)
        return written(root)

    def _root(self, at: datetime, given: dict[str, str]) -> etree._Element:
        root = etree.Element(f"{{{OAI}}}OAI-PMH", nsmap={None: OAI, "xsi": XSI})
        root.set(f"{{{XSI}}}schemaLocation", f"{OAI} {OAI}OAI-PMH.xsd")
        put(root, f"{{{OAI}}}responseDate", _moment(at))
        put(root, f"{{{OAI}}}request", f"{self.base}/oai", **given)
        return root

    def _identify(self, held: etree._Element, _asked: Asked) -> None:
        first = queries.earliest()
        for name, value in (
            ("repositoryName", self.name),
            ("baseURL", f"{self.base}/oai"),
            ("protocolVersion", "2.0"),
            ("adminEmail", self.email),
            ("earliestDatestamp", _moment(first) if first else "1970-01-01T00:00:00Z"),
            ("deletedRecord", "persistent"),
            ("granularity", "YYYY-MM-DDThh:mm:ssZ"),
        ):
            put(held, f"{{{OAI}}}{name}", value)
        if _HOST.fullmatch(self.host):
            description = put(held, f"{{{OAI}}}description")
            scheme = etree.SubElement(description, f"{{{IDENTIFIER}}}oai-identifier", nsmap={None: IDENTIFIER})
            scheme.set(f"{{{XSI}}}schemaLocation", f"{IDENTIFIER} {IDENTIFIER}.xsd")
            for name, value in (
                ("scheme", "oai"),
                ("repositoryIdentifier", self.host),
                ("delimiter", ":"),
                ("sampleIdentifier", self._identifier(1)),
            ):
                put(scheme, f"{{{IDENTIFIER}}}{name}", value)

    def _formats(self, held: etree._Element, asked: Asked) -> None:
        if asked.identifier:
            self._found(asked)
        for prefix in PREFIXES:
            known = put(held, f"{{{OAI}}}metadataFormat")
            namespace, schema = SCHEMAS[prefix]
            put(known, f"{{{OAI}}}metadataPrefix", prefix)
            put(known, f"{{{OAI}}}schema", schema)
            put(known, f"{{{OAI}}}metadataNamespace", namespace)

    def _sets(self, held: etree._Element, asked: Asked) -> None:
        known = queries.themes()
        if not known:
            raise ProtocolError("noSetHierarchy", "There are no sets yet.")
        for theme in known:
            one = put(held, f"{{{OAI}}}set")
            put(one, f"{{{OAI}}}setSpec", f"theme:{theme.id}")
            put(one, f"{{{OAI}}}setName", theme.name)

    def _record(self, held: etree._Element, asked: Asked) -> None:
        report = self._found(asked)
        self._write(held, report, asked, _parents())

    def _list(self, held: etree._Element, asked: Asked) -> None:
        size = PAGE[asked.verb]
        found = queries.listed(asked, size + 1)
        if not found:
            raise ProtocolError("noRecordsMatch", "No report fits.")
        parents = _parents()
        for report in found[:size]:
            self._write(held, report, asked, parents)
        if len(found) > size:
            last = found[size - 1]
            assert last.stamped_at is not None
            token = token_after(asked, last.stamped_at, last.id, size, self.secret)
            put(held, f"{{{OAI}}}resumptionToken", token, cursor=str(asked.cursor))
        elif asked.after:
            put(held, f"{{{OAI}}}resumptionToken", cursor=str(asked.cursor))  # an empty one ends a list (section 3.5)

    def _found(self, asked: Asked) -> Report:
        number = report_number(asked.identifier, self.host)
        report = queries.harvested(number) if number is not None else None
        if report is None:
            raise ProtocolError("idDoesNotExist", "There is no report of this identifier.")
        return report

    def _write(self, held: etree._Element, report: Report, asked: Asked, parents: dict[int, int | None]) -> None:
        whole = asked.verb != "ListIdentifiers"
        record = put(held, f"{{{OAI}}}record") if whole else held
        header = put(record, f"{{{OAI}}}header", **({} if report.is_public else {"status": "deleted"}))
        put(header, f"{{{OAI}}}identifier", self._identifier(report.id))
        put(header, f"{{{OAI}}}datestamp", _moment(report.stamped_at or report.created_at))
        for name in queries.set_names(report, parents):
            put(header, f"{{{OAI}}}setSpec", name)
        if whole and report.is_public:
            put(record, f"{{{OAI}}}metadata").append(WRITERS[asked.prefix](report, f"{self.base}{report.path}"))

    def _identifier(self, number: int) -> str:
        return f"oai:{self.host}:reports/{number}"


def _parents() -> dict[int, int | None]:
    return {theme.id: theme.parent_id for theme in queries.themes()}


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"
