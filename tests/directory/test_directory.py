from tests.factories import make_institution, make_network, make_person, make_project, make_theme, the_network
from tracker.dates import PartialDate
from tracker.institutions import actions
from tracker.projects.states import ProjectState
from tracker.themes import actions as theme_actions


def listed(client, query: str) -> str:
    answer = client.get(f"/institutions?{query}")
    assert answer.status_code == 200
    return answer.text


def test_institutions_are_filtered_by_country_region_theme_language_and_network(client):
    theme = make_theme("Water")
    below = theme_actions.add(name="Rivers", parent=theme, actor=None)
    the_network()
    network = make_network("Second")
    make_institution("Kenyan House", "KE", themes=[below], languages=["sw"], member_of=network)
    make_institution("Peruvian House", "PE", languages=["es"])
    for query in (
        "country=KE",
        "region=002",
        "region=014",
        f"theme={theme.id}",
        "language=sw",
        f"network={network.id}",
    ):
        page = listed(client, query)
        assert "Kenyan House" in page and "Peruvian House" not in page, query
    assert "No institution fits" in listed(client, "country=KE&language=es")


def test_filters_that_make_no_sense_are_no_filters(client):
    make_institution("Kenyan House", "KE")
    for query in (
        "country=XX",
        "region=abc",
        "theme=-1",
        "network=99999999999999",
        "page=999999999999999999999",
        "q=%00",
    ):
        assert "Kenyan House" in listed(client, query), query


def test_search_finds_any_script_without_accents_and_acronyms_first(client):
    make_institution("Shenzhen Academy", "CN", native_name="深圳市社会科学院", native_language="zh")
    make_institution("Centre Émile Durkheim", "FR")
    make_institution("Emirates Policy Center", "AE", native_name="مركز الإمارات للسياسات", native_language="ar")
    make_institution("AAA friends of CEDES", "AR")
    make_institution("Centro de Estudios", "AR", acronym="CEDES")
    assert "Shenzhen Academy" in listed(client, "q=深圳")
    assert "Durkheim" in listed(client, "q=emile") and "Durkheim" in listed(client, "q=ÉMILE")
    assert "Emirates Policy" in listed(client, "q=سياسات") or "Emirates Policy" in listed(client, "q=مركز")
    page = listed(client, "q=cedes")
    assert page.index("Centro de Estudios") < page.index("AAA friends")
    assert 'lang="zh">深圳市社会科学院' in listed(client, "q=深圳")


def test_an_empty_site_says_what_will_be_here(client, signed_in):
    assert "No institution yet" in listed(client, "")
    assert "/institutions/new" in listed(signed_in(coordinates=make_network()), "")


def test_contacts_are_named_to_members_only(client, signed_in):
    institution = make_institution()
    make_person("Answering Person", contact_of=institution, is_listed=False)
    outsider = make_person(institution=make_institution(member_of=None))
    assert "Answering Person" not in client.get(institution.path).text
    assert "Answering Person" not in signed_in(outsider).get(institution.path).text
    assert "Answering Person" in signed_in(institution=make_institution()).get(institution.path).text


def test_an_institution_shows_its_public_projects_people_and_networks(client):
    project = make_project(ProjectState.PUBLISHED, title="Rivers of two lands")
    draft = make_project(title="Secret idea")
    page = client.get(project.lead_partners[0].institution.path).text
    assert "Rivers of two lands" in page and project.lead.name in page and the_network().name in page
    assert "Rivers of two lands: the report" in page
    assert "Secret idea" not in client.get(draft.partners[0].institution.path).text


def test_a_person_who_wants_no_page_has_none_for_others(client, signed_in):
    person = make_person("Hidden Person", institution=make_institution("Old House"), is_listed=False)
    coordinator = make_person(coordinates=the_network())
    assert client.get(person.path).status_code in (303, 404)
    assert signed_in().get(person.path).status_code == 404
    assert signed_in(person).get(person.path).status_code == 200
    assert signed_in(coordinator).get(person.path).status_code == 200
    assert "Hidden Person" not in client.get("/search?q=hidden").text


def test_a_person_page_tells_affiliations_with_dates_and_never_the_address(client):
    person = make_person("أمينة خالد", email="private@example.org", orcid="0000-0002-1825-0097", languages=["ar"])
    actions.affiliate(
        person,
        make_institution("Old House"),
        starts_on=PartialDate("2010"),
        ends_on=PartialDate("2015-06"),
        actor=None,
    )
    actions.affiliate(
        person, make_institution("New House"), position="Fellow", starts_on=PartialDate("2016"), actor=None
    )
    page = client.get(person.path).text
    assert page.index("New House") < page.index("Worked at") < page.index("Old House")
    assert "2010 to June 2015" in page and "since 2016" in page and "orcid.org/0000-0002-1825-0097" in page
    assert "private@example.org" not in page


def test_a_person_page_shows_only_projects_the_reader_may_see(client, signed_in):
    project = make_project(title="Secret idea")
    shown = make_project(ProjectState.RUNNING, title="Open study", lead=project.lead)
    page = client.get(project.lead.path).text
    assert "Open study" in page and "Secret idea" not in page
    assert "Secret idea" in signed_in(project.lead).get(project.lead.path).text
    assert shown.lead is project.lead


def test_theme_figures_are_the_length_of_the_lists_they_open(client):
    water = make_theme("Water")
    rivers = theme_actions.add(name="Rivers", parent=water, actor=None)
    make_project(ProjectState.RUNNING, title="Both", themes=[water, rivers])
    make_project(title="Secret idea", themes=[water])
    make_institution("Kenyan House", "KE", themes=[water, rivers])
    page = client.get("/themes").text
    assert page.count(f'<a href="/projects?theme={water.id}">1 project</a>') == 1
    assert page.count(f'<a href="/institutions?theme={rivers.id}">1 institution</a>') == 1
    assert "Both" in client.get(f"/projects?theme={water.id}").text
    one = client.get(water.path).text
    assert "Both" in one and "Kenyan House" in one and "Secret idea" not in one and "Rivers" in one


def test_a_network_shows_members_coordinators_and_what_they_study(client):
    network = the_network()
    project = make_project(ProjectState.RUNNING, title="Open study")
    page = client.get(network.path).text
    assert "Open study" in page and project.coordinator.name in page
    assert f"/institutions?network={network.id}" in page
    assert network.name in client.get("/networks").text


def test_one_search_finds_every_kind_and_only_what_the_reader_may_see(client, signed_in):
    theme = make_theme("Émancipation of rivers")
    make_institution("Rivers Institute")
    make_person("River Phoenix")
    published = make_project(ProjectState.PUBLISHED, title="Rivers of two lands", themes=[theme])
    make_project(title="Rivers, a secret")
    page = client.get("/search?q=river").text
    for found in (
        "Émancipation of rivers",
        "Rivers Institute",
        "River Phoenix",
        "Rivers of two lands",
        "the report",
    ):
        assert found in page, found
    assert "a secret" not in page
    assert "Nothing found for" in client.get("/search?q=zebra").text
    assert client.get("/search?q=%22%27*%00(").status_code == 200
    assert published.path in page


def test_unknown_rows_are_not_there(client):
    for kind in ("institutions", "people", "networks", "themes"):
        assert client.get(f"/{kind}/999999").status_code == 404
        assert client.get(f"/{kind}/99999999999999999999").status_code == 404


def test_no_page_costs_more_queries_when_there_is_more(client, queries):
    network, theme = the_network(), make_theme("Water")
    house = make_institution("First House", "KE", themes=[theme])
    person = make_person("First Person", institution=house)
    paths = [
        "/institutions",
        "/institutions?q=house",
        house.path,
        person.path,
        network.path,
        "/networks",
        "/themes",
    ]
    paths += [theme.path, "/search?q=first"]

    def more(number: int) -> None:
        for n in range(number):
            each = theme_actions.add(name=f"First theme {number} {n}", parent=theme, actor=None)
            other = make_institution(f"First house {number} {n}", "KE", themes=[theme, each])
            actions.affiliate(make_person(f"First person {number} {n}"), house, actor=None)
            actions.affiliate(person, other, actor=None)
            make_project(ProjectState.PUBLISHED, title=f"First {n}", themes=[theme, each], lead=person)

    def cost() -> dict[str, int]:
        counts = {}
        for path in paths:
            with queries() as log:
                assert client.get(path).status_code == 200
            counts[path] = len(log)
        return counts

    more(2)
    few = cost()
    more(6)
    assert cost() == few
