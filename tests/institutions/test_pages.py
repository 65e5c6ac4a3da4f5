import pytest

from tests.factories import make_institution, make_network, make_person, make_theme, the_network
from tracker.contacts.queries import open_offers
from tracker.institutions import actions, queries
from tracker.institutions.models import Institution


@pytest.fixture
def coordinator():
    return make_person("Coordinator", coordinates=the_network())


def record(institution: Institution, **changed: str) -> dict:
    return {
        "name": institution.name,
        "country": institution.country,
        "version": str(institution.version),
    } | changed


def test_a_coordinator_adds_an_institution_with_everything_known(signed_in, coordinator):
    theme = make_theme()
    fields = {
        "name": "  Institute of Water ",
        "native_name": "معهد المياه",
        "native_language": "ar",
        "acronym": "IW",
        "other_names": "Water House\r\n\r\n H2O ",
        "country": "JO",
        "city": "Amman",
        "website": "www.example.org",
        "ror": "https://ror.org/05dxps055",
        "founded": "1998-03",
        "themes": [str(theme.id)],
        "languages": ["ar", "en"],
        "another_language": "sv",
        "description": "We *study*.",
    }
    answer = signed_in(coordinator).submit("/institutions/new", **fields)
    assert answer.status_code == 303
    made = queries.by_ror("05dxps055")
    assert made.name == "Institute of Water" and made.other_names == "Water House\nH2O"
    assert made.website == "http://www.example.org" and str(made.founded) == "1998-03"
    assert made.languages == ["ar", "en", "sv"] and made.themes == [theme]
    assert "<em>study</em>" in made.description_html


def test_wrong_values_are_said_at_their_fields_and_nothing_typed_is_lost(signed_in, coordinator):
    answer = signed_in(coordinator).submit(
        "/institutions/new",
        name="",
        country="XX",
        ror="123",
        founded="2999",
        themes=["99999"],
        city="Lima",
        languages=["xx-yy"],
    )
    assert answer.status_code == 422
    for sentence in ("Write the name.", "not a ROR id", "year must lie"):
        assert sentence in answer.text
    assert 'value="Lima"' in answer.text and 'value="123"' in answer.text


def test_look_alikes_are_shown_before_a_record_is_made(signed_in, coordinator):
    twin = make_institution("Centre Émile", "SN", acronym="CE")
    client = signed_in(coordinator)
    fields = {"name": "centre emile", "country": "ML"}
    asked = client.submit("/institutions/new", **fields)
    assert asked.status_code == 409 and twin.path in asked.text and "Is it one of these?" in asked.text
    assert 'value="centre emile"' in asked.text
    assert client.submit("/institutions/new", **fields, is_new="y").status_code == 303
    assert len(queries.by_folded_name("Centre Émile")) == 2


def test_a_taken_ror_id_is_a_look_alike_and_stays_refused(signed_in, coordinator):
    make_institution("Institute", ror="05dxps055")
    answer = signed_in(coordinator).submit("/institutions/new", name="Other", country="PE", ror="05dxps055", is_new="y")
    assert answer.status_code == 409 and "Another institution has this ROR id already." in answer.text


def test_two_people_editing_see_both_texts_and_lose_nothing(signed_in, coordinator):
    institution = make_institution("Institute", city="Dhaka")
    contact = make_person(contact_of=institution)
    mine, theirs = record(institution, city="Chittagong"), record(institution, city="Sylhet", acronym="INS")
    path = f"/institutions/{institution.id}/edit"
    assert signed_in(coordinator).submit(path, **theirs).status_code == 303
    client = signed_in(contact)
    answer = client.submit(path, **mine)
    assert answer.status_code == 409
    assert "Sylhet" in answer.text and 'value="Chittagong"' in answer.text and "INS" in answer.text
    assert institution.city == "Sylhet"
    assert f'name="version" type="hidden" value="{institution.version}"' in answer.text
    assert client.submit(path, **record(institution, city="Chittagong")).status_code == 303
    assert institution.city == "Chittagong"


def test_two_coordinators_editing_a_network_see_both_texts_and_lose_nothing(signed_in, coordinator):
    network = the_network()
    path, seen = f"{network.path}/edit", str(network.version)
    theirs = {"name": "Southern alliance", "description": "Old and *new*"}
    assert signed_in(coordinates=network).submit(path, **theirs, version=seen).status_code == 303
    client = signed_in(coordinator)
    mine = {"name": "Alliance", "description": "Mine", "moderates": "y"}
    answer = client.submit(path, **mine, version=seen)
    assert answer.status_code == 409
    assert 'value="Alliance"' in answer.text and "Southern alliance" in answer.text and "Old and *new*" in answer.text
    assert network.name == "Southern alliance" and not network.moderates
    assert f'name="version" type="hidden" value="{network.version}"' in answer.text
    assert client.submit(path, **mine, version=str(network.version)).status_code == 303
    assert network.name == "Alliance" and network.moderates


def test_an_acronym_in_another_script_is_found_in_whatever_case(signed_in, coordinator):
    late = make_institution("Zentrum", "RU", acronym="ИЭ")
    make_institution("Academy", "RU", other_names="иэ")
    assert queries.by_acronym("иэ", "RU") == [late] and queries.by_acronym("иэ", "KZ") == []
    page = signed_in(coordinator).get("/institutions?q=иэ").text
    assert page.index("Zentrum") < page.index("Academy")
    actions.change_institution(late, acronym="ÉCO", actor=None)
    assert queries.by_acronym("eco", "RU") == [late]


def test_only_its_contacts_and_coordinators_change_a_record(client, signed_in, coordinator):
    institution = make_institution()
    colleague, stranger = make_person(institution=institution), make_person(institution=make_institution())
    for page in ("edit", "contacts"):
        path = f"/institutions/{institution.id}/{page}"
        assert client.get(path).status_code == 303
        assert signed_in(colleague).get(path).status_code == 403
        assert signed_in(stranger).get(path).status_code == 403
        assert signed_in(coordinator).get(path).status_code == 200
        assert signed_in(contact_of=institution).get(path).status_code == 200
    assert signed_in(stranger).submit(f"/institutions/{institution.id}/confirm").status_code == 403
    assert signed_in(stranger).get("/institutions/new").status_code == 403


def test_a_coordinator_answers_for_members_of_their_network_and_for_members_of_none(signed_in):
    ours, theirs = the_network(), make_network("Other alliance")
    coordinator = make_person(coordinates=theirs)
    client = signed_in(coordinator)
    member, alone = make_institution(member_of=ours), make_institution(member_of=None)
    for page in ("edit", "contacts", "invite"):
        assert client.get(f"{member.path}/{page}").status_code == 403
        assert client.get(f"{alone.path}/{page}").status_code == 200
    assert f"{member.path}/edit" not in client.get(member.path).text
    assert f"{alone.path}/edit" in client.get(alone.path).text
    assert actions.affiliate(coordinator, member, actor=coordinator).confirmed_at is None
    actions.join_network(member, theirs, actor=None)
    assert client.get(f"{member.path}/edit").status_code == 200
    actions.leave_network(member, theirs, actor=None)
    assert client.get(f"{member.path}/edit").status_code == 403


def test_the_record_is_right(signed_in):
    institution = make_institution()
    client = signed_in(contact_of=institution)
    assert client.submit(f"/institutions/{institution.id}/confirm").status_code == 303
    assert institution.checked_at is not None
    assert "Last checked on" in client.get(institution.path).text


def test_a_contact_names_a_second_one_from_the_people_there_and_nobody_else(signed_in):
    institution = make_institution()
    contact, colleague = (
        make_person(contact_of=institution),
        make_person("Colleague", institution=institution),
    )
    stranger = make_person("Stranger")
    client = signed_in(contact)
    page = client.get(f"/institutions/{institution.id}/contacts").text
    assert "Colleague" in page and "Stranger" not in page
    path = f"/institutions/{institution.id}/contacts/2"
    assert client.submit(path, **{"place-2-person": str(stranger.id)}).status_code == 422
    assert client.submit(path).status_code == 422
    assert client.submit(path, **{"place-2-person": str(colleague.id)}).status_code == 303
    [(ask, _offer)] = open_offers(institution)
    assert signed_in(colleague).submit(ask.path, answer="accept").status_code == 303
    assert [place.person.name for place in institution.contacts] == [contact.name, "Colleague"]
    assert client.submit(f"/institutions/{institution.id}/contacts/3").status_code == 404
    assert "Colleague is no longer a contact" in client.get(f"{path}/dismiss").text
    other = client.submit(f"{path}/dismiss", person=str(contact.id))  # the page was about somebody else
    assert other.status_code == 200 and len(institution.contacts) == 2
    assert client.submit(f"{path}/dismiss", person=str(colleague.id)).status_code == 303
    assert [place.person.name for place in institution.contacts] == [contact.name]


def test_a_contact_who_dismisses_themselves_lands_on_a_page_they_may_see(signed_in):
    institution = make_institution()
    answer = signed_in(contact_of=institution).submit(f"/institutions/{institution.id}/contacts/1/dismiss")
    assert answer.status_code == 303 and answer.location == institution.path


def test_a_coordinator_keeps_the_members_of_their_own_network_only(signed_in, coordinator):
    network, other = the_network(), make_network("Other")
    outsider = make_institution("Centre Émile", "SN", member_of=None)
    client = signed_in(coordinator)
    path = f"/networks/{network.id}/members"
    assert "Centre Émile" in client.get(f"{path}?q=emile").text
    assert client.submit(f"{path}?q=emile", institution="999999").status_code == 422
    assert client.submit(f"{path}?q=emile", institution=str(outsider.id), joined_on="2999-01-01").status_code == 422
    assert client.submit(f"{path}?q=emile", institution=str(outsider.id), joined_on="").status_code == 303
    assert "not known" in client.get(path).text
    assert "leaves" in client.get(f"{path}/{outsider.id}/leave").text
    assert client.submit(f"{path}/{outsider.id}/leave").status_code == 303
    assert client.submit(f"{path}/{outsider.id}/leave").status_code == 409
    for page in ("members", "edit", "coordinators"):
        assert client.get(f"/networks/{other.id}/{page}").status_code == 403


def test_a_coordinator_founds_a_network_and_hands_it_over(signed_in, coordinator):
    client = signed_in(coordinator)
    answer = client.submit("/networks/new", name="New alliance", moderates="y")
    assert answer.status_code == 303
    assert client.submit("/networks/new", name="New alliance").status_code == 409
    path = answer.location + "/coordinators"
    successor = make_person("Successor", email="next@example.org")
    assert client.submit(path, email="nobody@example.org").status_code == 422
    assert client.submit(path, email="NEXT@example.org").status_code == 303
    assert "Successor" in client.get(path).text
    assert "This is you" in client.get(f"{path}/{coordinator.id}/dismiss").text
    left = client.submit(f"{path}/{coordinator.id}/dismiss")
    assert left.status_code == 303 and left.location == answer.location
    assert signed_in(successor).get(path).status_code == 200


def test_the_members_page_costs_the_same_for_two_members_and_for_twelve(signed_in, coordinator, queries):
    client, path = signed_in(coordinator), f"/networks/{the_network().id}/members?q=institute"
    for _ in range(2):
        make_institution()
        make_institution(member_of=None)
    with queries() as few:
        assert client.get(path).status_code == 200
    for _ in range(10):
        make_institution()
        make_institution(member_of=None)
    with queries() as many:
        client.get(path)
    assert len(few) == len(many), many
