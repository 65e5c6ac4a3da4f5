import click
from flask.cli import AppGroup

from tracker.activity.outbox import send_owed

commands = AppGroup("outbox", help="E-mails owed to people.")


@commands.command("send")
@click.option("--limit", default=100, show_default=True, help="At most this many e-mails.")
def send_command(limit: int) -> None:
    """Send what is owed. Run it every minute; it is safe to run twice at once."""
    click.echo(f"{send_owed(limit)} e-mail(s) handled")
