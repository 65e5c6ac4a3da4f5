import click
from flask.cli import AppGroup

from tracker import signing
from tracker.accounts import actions, queries
from tracker.addresses import normal_email
from tracker.database import db
from tracker.errors import RuleBroken
from tracker.institutions.models import Person

commands = AppGroup("user", help="People and how they come in.")


@commands.command("list")
def list_command() -> None:
    """Everyone with an e-mail address: name, address, whether they came yet, whether they coordinate."""
    for person in db.session.scalars(queries.people_with_address()):
        came = f"since {person.joined_at:%Y-%m-%d}" if person.joined_at else "has not joined"
        click.echo("\t".join([person.name, person.email or "", came, "coordinator" if person.is_coordinator else ""]))


@commands.command("invite")
@click.argument("name")
@click.argument("email")
@click.option("--coordinates", metavar="NETWORK", help="Name or number of a network that they will coordinate.")
def invite_command(name: str, email: str, coordinates: str | None) -> None:
    """Ask somebody in: a mail is owed to them, and the link is printed."""
    network = None
    if coordinates and (network := queries.network_named(coordinates)) is None:
        raise click.ClickException(f"There is no network called “{coordinates}”.")
    try:
        person = actions.invite(name=name, email=_address(email), coordinates=network, actor=None)
    except RuleBroken as broken:
        raise click.ClickException(str(broken)) from broken
    link = actions.invitation_link(person)
    db.session.commit()
    click.echo(link or f"{person.name} has an account already.")


@commands.command("link")
@click.argument("email")
def link_command(email: str) -> None:
    """Print a link that signs this person in once, within an hour."""
    link = actions.sign_in_link(_person(email), signing.base_url())
    db.session.commit()
    click.echo(link)


@commands.command("sign-out")
@click.argument("email")
def sign_out_command(email: str) -> None:
    """End all sessions of this person."""
    person = _person(email)
    actions.sign_out_everywhere(person, actor=None)
    db.session.commit()
    click.echo(f"{person.name} is signed out everywhere.")


def _address(email: str) -> str:
    try:
        return normal_email(email)
    except ValueError as error:
        raise click.ClickException(str(error)) from error


def _person(email: str) -> Person:
    person = queries.by_email(_address(email))
    if person is None:
        raise click.ClickException(f"Nobody has the address {email}.")
    return person
