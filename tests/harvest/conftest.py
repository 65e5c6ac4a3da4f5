"""The library through the eyes of machines."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from oaipmh_scythe import Scythe

from tracker.database import db
from tracker.dates import PartialDate
from tracker.reports.models import Report, ReportAuthor, ReportText
from tracker.reports.states import ReportKind, ReportState

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class Through(httpx2.BaseTransport):
    """What a client of HTTP sends reaches the application without a network."""

    def __init__(self, client: Any) -> None:
        self.client = client

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        answer = self.client.open(
            request.url.raw_path.decode(),
            method=request.method,
            data=request.read(),
            content_type=request.headers.get("Content-Type"),
        )
        return httpx2.Response(answer.status_code, headers=list(answer.headers), content=answer.data)


@pytest.fixture
def harvester(client):
    """A real harvester, which reads what the application answers."""
    with Scythe("http://localhost/oai") as scythe:
        scythe._client = httpx2.Client(transport=Through(client))
        yield scythe


def shelf(how_many: int, *, start: datetime = START, **fields: Any) -> list[Report]:
    """So many public reports, a minute between them."""
    made = [
        Report(
            state=ReportState.PUBLISHED,
            kind=ReportKind.REPORT,
            title=f"Water and cities {place}",
            abstract="What we **found**.",
            language="es",
            publisher="South Alliance; Academy of Sciences",
            place="Dhaka; Lima",
            published_on=PartialDate("2026-05"),
            licence="CC-BY-4.0",
            edition=1,
            version=1,
            other_languages=[],
            stamped_at=start + timedelta(minutes=place),
            published_at=start,
            authors=[ReportAuthor(position=0, name="Ana Quispe", sort_name="Quispe, Ana", affiliation="Instituto")],
            texts=[ReportText(language="zh-Hans", title="水与城市", abstract="摘要")],
            **fields,
        )
        for place in range(how_many)
    ]
    db.session.add_all(made)
    db.session.flush()
    return made
