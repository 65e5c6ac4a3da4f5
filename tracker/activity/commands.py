from typing import BinaryIO

import click
from flask.cli import AppGroup

from tracker.activity import bounces, outbox, queries
from tracker.database import db

commands = AppGroup("outbox", help="E-mails owed to people.")
MOST_LISTED = 200
LARGEST_REPORT = 5 * 1024 * 1024  # bytes; what a mail server returns is a few kilobytes


@commands.command("send")
@click.option("--limit", default=100, show_default=True, help="At most this many e-mails.")
def send_command(limit: int) -> None:
    """Send what is owed. Run it every minute; it is safe to run twice at once."""
    click.echo(f"{outbox.send_owed(limit)} e-mail(s) handled")


@commands.command("list")
def list_command() -> None:
    """List the e-mails that could not be sent, newest first, and what the mail server said."""
    for delivery in db.session.scalars(queries.undelivered().limit(MOST_LISTED)):
        is_over = delivery.refused_at or delivery.attempts >= outbox.MOST_ATTEMPTS
        given_up = ", given up" if is_over else ""
        said = " ".join(delivery.last_error.split())
        tried = f"{delivery.created_at:%Y-%m-%d %H:%M}Z, tried {delivery.attempts} times{given_up}"
        click.echo(f"{delivery.id}: {delivery.address} ({tried}): {said}")
    click.echo(f"{queries.count_undelivered()} e-mail(s) could not be sent")


@commands.command("retry")
def retry_command() -> None:
    """Owe every e-mail that could not be sent anew, those that were given up among them."""
    click.echo(f"{outbox.retry()} e-mail(s) will be tried again")


@commands.command("bounce")
@click.argument("file", type=click.File("rb"), default="-")
def bounce_command(file: BinaryIO) -> None:
    """Read one mail that came back, from FILE or standard input, and note whose address refuses our mails.

    For a pipe of the mail server that gets the mails to MAIL_FROM. Any other mail changes nothing.
    """
    report = bounces.read(file.read(LARGEST_REPORT))
    if report is None:
        click.echo("Not a report about a mail of ours: nothing changed")
    elif not report.is_final:
        click.echo("The mail may still arrive: nothing changed")
    else:
        outcomes = [outbox.bounced(name, report.words) for name in report.names]
        if True in outcomes:
            click.echo(f"Noted that the mail came back: {report.words}")
        else:
            click.echo(f"{'Known already' if False in outcomes else 'Not a mail of ours'}: nothing changed")
