import feedparser

from tests.factories import make_theme
from tests.library.making import published
from tracker import clock
from tracker.reports import actions


def read(client, query=""):
    answer = client.get(f"/feeds/reports.atom{query}")
    assert answer.mimetype == "application/atom+xml"
    feed = feedparser.parse(answer.data)
    assert not feed.bozo
    return feed


def test_a_feed_holds_what_its_list_holds_and_says_so(client):
    theme = make_theme("Water")
    report = published("المياه & <b>المدن</b>", language="ar", themes=[theme], abstract="ملخص *مهم*")
    published("Another")
    page = client.get(f"/reports?theme={theme.id}&year=2021").text
    address = f"/feeds/reports.atom?theme={theme.id}&amp;year=2021"
    assert f'<link rel="alternate" type="application/atom+xml" href="{address}"' in page
    assert page.count(address) == 2
    feed = read(client, f"?theme={theme.id}&year=2021")
    [entry] = feed.entries
    assert "Water" in feed.feed.title
    assert entry.title_detail.language == "ar"
    assert entry.title == report.title
    assert entry.link == f"http://127.0.0.1:8000/reports/{report.id}"
    assert entry.summary == "ملخص مهم"
    assert entry.author == "Ana Cruz"
    assert len(read(client).entries) == 2
    assert len(read(client, "?q=another").entries) == 1
    assert read(client, "?q=nothing").entries == []


def test_a_correction_comes_first_and_keeps_its_id_and_a_withdrawn_report_is_gone(client):
    with clock.frozen(clock.now()):
        first = published("First")
    published("Second")
    before = {entry.title: entry.id for entry in read(client).entries}
    actions.change_report(first, actor=None, because="A wrong number.", publisher="CEPAL")
    after = read(client).entries
    assert after[0].title == "First"
    assert {entry.title: entry.id for entry in after} == before
    first.state = "withdrawn"
    actions.public_changed(first, None)
    assert [entry.title for entry in read(client).entries] == ["Second"]
    assert [entry.title for entry in read(client, "?year=2021").entries] == ["Second"]


def test_who_has_a_feed_gets_it_once(client):
    published("One")
    tag = (
        client.get("/feeds/reports.atom?lang=en").headers.get("ETag")
        or client.get("/feeds/reports.atom").headers["ETag"]
    )
    assert client.get("/feeds/reports.atom", headers={"If-None-Match": tag}).status_code == 304
