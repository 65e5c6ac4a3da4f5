"""Who takes part in the demo: the institutions and people of the data, made by the real actions."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from tracker import clock
from tracker.accounts.actions import sign_in
from tracker.balance.actions import wish
from tracker.dates import PartialDate
from tracker.demo import institutions as places
from tracker.demo import people
from tracker.institutions import actions
from tracker.institutions.models import Institution, Network, Person
from tracker.themes import queries as theme_queries
from tracker.themes.actions import start_agenda
from tracker.themes.models import Theme

FOUNDED = timedelta(days=1460)  # ago
AFRICA = {"EG", "MA", "SN", "CI", "NG", "KE", "ET", "ZA", "MZ", "JO"}  # whom the second coordinator looks after


@dataclass(frozen=True)
class Cast:
    """The rows by the keys of the data."""

    network: Network
    institutions: dict[str, Institution]
    people: dict[str, Person]
    themes: dict[str, Theme]

    def contact(self, institution: str) -> Person:
        """The main contact of an institution."""
        return self.people[next(p.key for p in people.PEOPLE if p.place == institution and p.seat == 1)]

    def coordinator(self, institution: str) -> Person:
        """Who looks after the projects that an institution leads; never its own people."""
        second = self.institutions[institution].country in AFRICA and institution != "savanna"
        return self.people[people.SECOND_COORDINATOR if second or institution == "hupan" else people.COORDINATOR]

    def printed(self, institution: str, language: str) -> str:
        """The affiliation as a report in this language prints it."""
        place = self.institutions[institution]
        name = place.native_name if place.native_language == language else place.name
        return f"{name}, {place.city}"


def gather(today: date) -> Cast:
    """Found the network, let the institutions join one after the other, and their people sign in."""
    days = _days(today - FOUNDED)
    with next(days):
        network = actions.found_network(
            name=places.NETWORK,
            description=places.NETWORK_DESCRIPTION,
            website=places.NETWORK_WEBSITE,
            actor=None,
        )
        persons = {someone.key: _person(someone) for someone in people.PEOPLE}
        first, second = persons[people.COORDINATOR], persons[people.SECOND_COORDINATOR]
        actions.name_coordinator(network, first, actor=None)
        actions.name_coordinator(network, second, actor=first)
        start_agenda(actor=first)
        wish(network, institutions=3, countries=3, regions=2, newcomers=1, largest_share=50, actor=first)
    themes = {theme.name: theme for theme in theme_queries.all_themes()}
    institutions = {}
    for place in places.PLACES:
        with next(days):
            institution = _institution(place, themes, first)
            actions.join_network(institution, network, actor=first, on=clock.today())
        institutions[place.key] = institution
        with next(days):
            for someone in people.PEOPLE:
                if someone.place == place.key:
                    _bring_in(someone, persons[someone.key], institution, first)
    with next(days):
        for key, place_key, position, since, until in people.FORMER:
            actions.affiliate(
                persons[key],
                institutions[place_key],
                position=position,
                starts_on=PartialDate(since),
                ends_on=PartialDate(until),
                actor=first,
            )
    return Cast(network, institutions, persons, themes)


def _days(begin: date) -> Iterator[AbstractContextManager[None]]:
    """Moments to do things in, four days apart."""
    day = begin
    while True:
        yield clock.frozen(datetime.combine(day, time(8, 30), UTC))
        day += timedelta(days=4)


def _person(someone: people.Someone) -> Person:
    return actions.add_person(
        name=someone.name,
        sort_name=someone.sort_name,
        email=f"{someone.key}@example.org",
        languages=list(someone.languages),
        interface_language=someone.interface,
        time_zone=someone.zone,
        about=someone.about,
        actor=None,
    )


def _institution(place: places.Place, themes: dict[str, Theme], actor: Person) -> Institution:
    return actions.add_institution(
        name=place.name,
        native_name=place.native_name,
        native_language=place.native_language,
        acronym=place.acronym,
        country=place.country,
        city=place.city,
        latitude=place.at[0],
        longitude=place.at[1],
        website=f"https://{place.key}.example.org/",
        languages=place.languages,
        themes=[themes[name] for name in place.themes],
        kind=place.kind,
        founded=PartialDate(place.founded),
        description=place.description,
        actor=actor,
    )


def _bring_in(someone: people.Someone, person: Person, institution: Institution, actor: Person) -> None:
    actions.affiliate(person, institution, position=someone.position, actor=actor)
    if someone.seat:
        actions.name_contact(institution, person, someone.seat, actor=actor)
    if someone.has_joined:
        sign_in(person)
