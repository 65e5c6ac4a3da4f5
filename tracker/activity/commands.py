import click
from flask.cli import AppGroup

from tracker.activity import outbox, queries
from tracker.database import db

commands = AppGroup("outbox", help="E-mails owed to people.")
MOST_LISTED = 200


@commands.command("send")
@click.option("--limit", default=100, show_default=True, help="At most this many e-mails.")
def send_command(limit: int) -> None:
    """Send what is owed. Run it every minute; it is safe to run twice at once."""
    click.echo(f"{outbox.send_owed(limit)} e-mail(s) handled")


@commands.command("list")
def list_command() -> None:
    """List the e-mails that could not be sent, newest first, and what the mail server said."""
    for delivery in db.session.scalars(queries.undelivered().limit(MOST_LISTED)):
        given_up = ", given up" if delivery.attempts >= outbox.MOST_ATTEMPTS else ""
        said = " ".join(delivery.last_error.split())
        tried = f"{delivery.created_at:%Y-%m-%d %H:%M}Z, tried {delivery.attempts} times{given_up}"
        click.echo(f"{delivery.id}: {delivery.address} ({tried}): {said}")
    click.echo(f"{queries.count_undelivered()} e-mail(s) could not be sent")


@commands.command("retry")
def retry_command() -> None:
    """Owe every e-mail that could not be sent anew, those that were given up among them."""
    click.echo(f"{outbox.retry()} e-mail(s) will be tried again")
