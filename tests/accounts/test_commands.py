from urllib.parse import urlsplit

import pytest

from tests.factories import make_network, make_person
from tracker.accounts import queries
from tracker.accounts.commands import commands


@pytest.fixture
def run(app):
    runner = app.test_cli_runner()
    return lambda *words: runner.invoke(commands, words, obj=None)


def test_a_coordinator_is_invited_from_the_command_line(run, client, letters):
    make_network("South Research Alliance")
    result = run("invite", "Ana", "Ana@example.org", "--coordinates", "South Research Alliance")
    assert result.exit_code == 0, result.output
    person = queries.by_email("ana@example.org")
    assert person.is_coordinator
    (letter,) = letters()
    assert urlsplit(result.output.strip()).path == letter.path
    assert client.get(letter.path).status_code == client.get(letter.join).status_code == 200


def test_a_printed_link_signs_in_once(run, client):
    make_person("Amina", email="amina@example.org")
    path = urlsplit(run("link", "amina@example.org").output.strip()).path
    assert client.submit(path).status_code == 303
    assert client.submit(path).status_code == 404


def test_sessions_are_ended_from_the_command_line(run, signed_in):
    person = make_person(email="amina@example.org")
    client = signed_in(person)
    assert "signed out everywhere" in run("sign-out", "amina@example.org").output
    assert client.get("/account").status_code == 303


def test_people_are_listed(run):
    make_person("Amina", email="amina@example.org", coordinates=make_network())
    assert "Amina\tamina@example.org\tsince" in run("list").output


@pytest.mark.parametrize(
    "words",
    [
        ("link", "nobody@example.org"),
        ("link", "no address"),
        ("invite", "A", "x"),
        ("invite", "A", "a@example.org", "--coordinates", "?"),
    ],
    ids=" ".join,
)
def test_a_mistake_is_a_sentence(run, words):
    result = run(*words)
    assert result.exit_code == 1
    assert result.output.startswith("Error: ")
