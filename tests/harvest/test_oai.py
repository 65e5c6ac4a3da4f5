"""OAI-PMH 2.0, section by section, asked by a real harvester where one can ask it."""

from datetime import timedelta

from lxml import etree

from tests.factories import make_theme
from tests.harvest.conftest import START, shelf
from tracker.database import db
from tracker.harvest import answers
from tracker.reports.models import Report
from tracker.reports.states import ReportState

OAI = {"oai": "http://www.openarchives.org/OAI/2.0/", "dc": "http://purl.org/dc/elements/1.1/"}
ALL = {"metadataPrefix": "oai_dc"}


def ask(client, method="get", **arguments):
    arguments = {name.rstrip("_"): value for name, value in arguments.items()}
    answer = client.get("/oai", query_string=arguments) if method == "get" else client.post("/oai", data=arguments)
    assert answer.status_code == 200 and answer.mimetype == "text/xml"
    return etree.fromstring(answer.data)


def error(client, **arguments):
    root = ask(client, **arguments)
    (found,) = root.findall("oai:error", OAI)
    return found.get("code")


def identifiers(root):
    return [element.text for element in root.iterfind(".//oai:header/oai:identifier", OAI)]


def test_a_harvester_learns_who_answers(client, harvester):
    shelf(2)
    told = harvester.identify()
    assert told.protocolVersion == "2.0" and told.deletedRecord == "persistent"
    assert told.earliestDatestamp == "2026-03-01T12:00:00Z" and told.granularity == "YYYY-MM-DDThh:mm:ssZ"
    assert [known.metadataPrefix for known in harvester.list_metadata_formats()] == ["oai_dc", "datacite"]


def test_the_whole_library_is_harvested_in_pages(client, harvester, monkeypatch):
    monkeypatch.setattr(answers, "PAGE", {"ListRecords": 3, "ListIdentifiers": 3})
    made = shelf(8)
    records = list(harvester.list_records(metadata_prefix="oai_dc"))
    assert [record.header.identifier for record in records] == [f"oai:127.0.0.1:reports/{one.id}" for one in made]
    first = records[0].metadata
    assert first["title"] == ["Water and cities 0", "水与城市"] and first["creator"] == ["Quispe, Ana"]
    assert first["publisher"] == ["South Alliance", "Academy of Sciences"] and first["date"] == ["2026-05"]
    assert len(list(harvester.list_identifiers(metadata_prefix="datacite"))) == 8


def test_what_changes_while_a_list_is_read_is_given_again_and_nothing_is_lost(client, monkeypatch):
    monkeypatch.setattr(answers, "PAGE", {"ListRecords": 3, "ListIdentifiers": 3})
    made = [one.id for one in shelf(9)]
    root = ask(client, verb="ListRecords", **ALL)
    seen, turns = identifiers(root), 0
    while token := root.findtext(".//oai:resumptionToken", namespaces=OAI):
        turns += 1
        later = START + timedelta(days=turns)
        if turns == 1:  # one that was given changes, and one that was not; one is withdrawn; one comes
            db.session.get(Report, made[0]).stamped_at = later
            db.session.get(Report, made[5]).stamped_at = later
            db.session.get(Report, made[7]).state = ReportState.WITHDRAWN
            db.session.get(Report, made[7]).stamped_at = later
            made += [one.id for one in shelf(1, start=later + timedelta(hours=1))]
        root = ask(client, verb="ListRecords", resumptionToken=token)
        seen += identifiers(root)
    assert set(seen) == {f"oai:127.0.0.1:reports/{number}" for number in made}
    assert seen.count(f"oai:127.0.0.1:reports/{made[0]}") == 2
    assert root.find(".//oai:header[@status='deleted']/oai:identifier", OAI).text.endswith(f"/{made[7]}")
    assert root.find(".//oai:resumptionToken", OAI) is not None  # an empty one says that the list is whole


def test_a_list_is_bounded_by_moments_and_days(client):
    made = [one.id for one in shelf(3)]
    at = {place: f"{START + timedelta(minutes=place):%Y-%m-%dT%H:%M:%SZ}" for place in range(3)}

    def found(**bounds):
        root = ask(client, verb="ListIdentifiers", **ALL, **bounds)
        return [made.index(int(name.rpartition("/")[2])) for name in identifiers(root)]

    assert found(from_=at[1]) == [1, 2] and found(until=at[1]) == [0, 1] and found(from_=at[1], until=at[1]) == [1]
    assert found(from_="2026-03-01", until="2026-03-01") == [0, 1, 2] and found(until="9999-12-31") == [0, 1, 2]
    assert error(client, verb="ListIdentifiers", **ALL, from_="2026-03-02") == "noRecordsMatch"


def test_a_set_holds_what_is_filed_under_a_theme_and_below_it(client, harvester):
    above, below = make_theme("Water"), make_theme("Rivers")
    below.parent = above
    one, other, none = shelf(3)
    one.themes, other.themes = [above], [below]
    db.session.flush()
    assert {known.setName for known in harvester.list_sets()} == {"Water", "Rivers"}
    found = list(harvester.list_identifiers(metadata_prefix="oai_dc", set_=f"theme:{above.id}"))
    assert [header.identifier for header in found] == [f"oai:127.0.0.1:reports/{row.id}" for row in (one, other)]
    root = ask(client, verb="GetRecord", identifier=f"oai:127.0.0.1:reports/{other.id}", **ALL)
    specs = [element.text for element in root.iterfind(".//oai:setSpec", OAI)]
    assert specs == [f"theme:{above.id}", f"theme:{below.id}"]
    assert none.id


def test_what_is_withdrawn_stays_as_deleted(client):
    (one,) = shelf(1)
    one.state = ReportState.WITHDRAWN
    root = ask(client, verb="GetRecord", identifier=f"oai:127.0.0.1:reports/{one.id}", metadataPrefix="datacite")
    assert root.find(".//oai:header", OAI).get("status") == "deleted" and root.find(".//oai:metadata", OAI) is None
    one.state = ReportState.DRAFT
    wanted = {"identifier": f"oai:127.0.0.1:reports/{one.id}"}
    assert error(client, verb="GetRecord", **wanted, **ALL) == "idDoesNotExist"


def test_a_post_asks_the_same_and_needs_no_token(client):
    shelf(1)
    asked = {"verb": "ListRecords", **ALL}
    assert identifiers(ask(client, "post", **asked)) == identifiers(ask(client, **asked))


WRONG = [
    ("badVerb", {}),
    ("badVerb", {"verb": "Nonsense"}),
    ("badVerb", {"verb": ["Identify", "Identify"]}),
    ("badArgument", {"verb": "Identify", "set": "theme:1"}),
    ("badArgument", {"verb": "GetRecord", **ALL}),
    ("badArgument", {"verb": "ListRecords"}),
    ("badArgument", {"verb": "ListRecords", "metadataPrefix": ["oai_dc", "oai_dc"]}),
    ("badArgument", {"verb": "ListRecords", **ALL, "from": "yesterday"}),
    ("badArgument", {"verb": "ListRecords", **ALL, "from": "2026-02-30"}),
    ("badArgument", {"verb": "ListRecords", **ALL, "from": "2026-03-01", "until": "2026-03-01T00:00:00Z"}),
    ("badArgument", {"verb": "ListRecords", **ALL, "from": "2026-03-02", "until": "2026-03-01"}),
    ("badArgument", {"verb": "ListRecords", **ALL, "from": "٢٠٢٦-03-01"}),
    ("badArgument", {"verb": "ListRecords", **ALL, "resumptionToken": "x"}),
    ("badVerb", {"verb": "Identify\x00", "a\x00": "\x0b"}),
    ("badResumptionToken", {"verb": "ListRecords", "resumptionToken": "x"}),
    ("badResumptionToken", {"verb": "ListSets", "resumptionToken": "x"}),
    ("cannotDisseminateFormat", {"verb": "ListRecords", "metadataPrefix": "marc21\x00"}),
    ("idDoesNotExist", {"verb": "GetRecord", "identifier": "oai:127.0.0.1:reports/999999999", **ALL}),
    ("idDoesNotExist", {"verb": "GetRecord", "identifier": "oai:elsewhere:reports/1\x00", **ALL}),
    ("idDoesNotExist", {"verb": "ListMetadataFormats", "identifier": "nothing"}),
    ("noRecordsMatch", {"verb": "ListRecords", **ALL, "set": "theme:999999999"}),
    ("noRecordsMatch", {"verb": "ListRecords", **ALL, "set": "theme:²"}),
]


def test_what_is_wrong_gets_the_error_of_the_protocol(client):
    shelf(1)
    assert error(client, verb="ListSets") == "noSetHierarchy"
    make_theme()
    for code, arguments in WRONG:
        answer = client.get("/oai", query_string=arguments)
        root = etree.fromstring(answer.data)
        found = [element.get("code") for element in root.iterfind("oai:error", OAI)]
        assert (answer.status_code, found) == (200, [code]), arguments
        repeated = dict(root.find("oai:request", OAI).attrib)
        assert bool(repeated) == (code not in ("badVerb", "badArgument")), arguments


def test_a_token_goes_on_with_its_own_list_only(client, monkeypatch):
    monkeypatch.setattr(answers, "PAGE", {"ListRecords": 1, "ListIdentifiers": 1})
    shelf(2)
    token = ask(client, verb="ListRecords", **ALL).findtext(".//oai:resumptionToken", namespaces=OAI)
    assert error(client, verb="ListIdentifiers", resumptionToken=token) == "badResumptionToken"
    assert error(client, verb="ListRecords", resumptionToken=token[:-1]) == "badResumptionToken"


def test_a_page_costs_the_same_however_much_there_is(client, queries):
    shelf(2)
    with queries() as few:
        ask(client, verb="ListRecords", **ALL)
    shelf(8)
    with queries() as many:
        ask(client, verb="ListRecords", **ALL)
    assert len(many) == len(few), many
