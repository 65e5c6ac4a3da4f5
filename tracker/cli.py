"""The command `tracker`: the ones that serve are here; the others come from the features."""

import os
import signal
import threading
from collections.abc import Callable
from typing import Any

import click
import sqlalchemy as sa
from flask import Flask, current_app
from flask.cli import AppGroup, ScriptInfo, with_appcontext

from tracker import clock, create_app, migrations, server, worker
from tracker.accounts.actions import set_up_link
from tracker.database import db
from tracker.demo.actions import build, sign_in_links
from tracker.errors import RuleBroken
from tracker.institutions.models import Person


class Commands(click.Group):
    """Our own commands, and those the features gave the application.

    Flask's own group would add options and commands that do not belong to the tracker.
    """

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        extra.setdefault("obj", ScriptInfo(create_app=create_app))
        return super().make_context(info_name, args, parent, **extra)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *self._of_features(ctx).list_commands(ctx)})

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        return super().get_command(ctx, name) or self._of_features(ctx).get_command(ctx, name)

    def invoke(self, ctx: click.Context) -> Any:
        """What the person at the terminal can put right is a sentence; anything else is a fault of ours."""
        try:
            return super().invoke(ctx)
        except (RuleBroken, server.CannotServe) as error:
            raise click.ClickException(str(error)) from error
        except (sa.exc.OperationalError, sa.exc.ProgrammingError) as error:
            advice = "Does it run, and is it up to date (tracker db upgrade)?"
            raise click.ClickException(f"The database refused: {str(error.orig).strip()}. {advice}") from error
        except PermissionError as error:
            raise click.ClickException(f"This user may not use {error.filename}.") from error

    def _of_features(self, ctx: click.Context) -> click.Group:
        return ctx.ensure_object(ScriptInfo).load_app().cli


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Track joint research by institutions of many countries, from the idea to the report."""


def address_options(command: Callable[..., None]) -> Callable[..., None]:
    """Options that, for this start, stand above the settings HOST and PORT."""
    command = click.option("--port", help="Port to listen on; otherwise PORT, otherwise 8000.")(command)
    return click.option("--host", help="Address to listen on; otherwise HOST, otherwise 127.0.0.1.")(command)


@main.command()
@address_options
def run(host: str | None, port: str | None) -> None:
    """Bring the database up to date and serve."""

    def announce(address: str) -> None:
        click.echo(f"The tracker is at {address}/ (stop it with Ctrl-C)")
        if link := set_up_link(current_app.config["BASE_URL"]):
            click.echo("Nobody is here yet. Open this address, once, to become the first coordinator:")
            click.echo(f"    {link}")

    _serve(announce, host, port)


@main.command()
@address_options
def demo(host: str | None, port: str | None) -> None:
    """Serve an invented example network, from a database of its own."""
    os.environ.setdefault("TRACKER_INSTANCE", os.path.join("instance", "demo"))

    def build_once() -> None:
        if db.session.scalar(sa.select(Person.id).limit(1)) is None:
            click.echo("Building the example network …")
            build()
            db.session.commit()

    def announce(address: str) -> None:
        click.echo(f"The example network is at {address}/ (stop it with Ctrl-C)")
        click.echo("Each of these links signs you in, once, as one of its people:")
        for label, link in sign_in_links(current_app.config["BASE_URL"]):
            click.echo(f"    {label}: {link}")

    _serve(announce, host, port, before=build_once)


@main.command("worker")
@click.option("--once", is_flag=True, help="Do what is due now, and end: for a timer such as cron.")
@with_appcontext
def worker_command(once: bool) -> None:
    """Send reminders, digests and all owed mail until stopped. Several may run at once, on several machines."""
    app, stopping = current_app._get_current_object(), threading.Event()  # type: ignore[attr-defined]
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())  # the batch under way is finished

    def say(line: str) -> None:
        click.echo(f"{clock.now():%Y-%m-%d %H:%M:%S}Z {line}")

    if once:
        worker.run_once(app, stopping, say)
    else:
        click.echo("The worker is at work (stop it with Ctrl-C)")
        worker.work_until(app, stopping, say=say)


database_commands = AppGroup("db", help="The tables of the database.")
main.add_command(database_commands)


@database_commands.command("upgrade")
def upgrade() -> None:
    """Bring the tables up to date; a new database gets them all. Safe to run again."""
    migrations.upgrade(current_app)
    click.echo("The database is up to date")


def _serve(
    announce: Callable[[str], None],
    host: str | None,
    port: str | None,
    before: Callable[[], None] | None = None,
) -> None:
    """Upgrade, call `before`, serve, call `announce` with the address; both run within the application."""
    for name, value in (("HOST", host), ("PORT", port)):
        if value:
            os.environ[name] = value  # the settings are read from there, addresses in mails among them
    number = server.chosen_port()  # a wrong one is refused before anything is made
    app = create_app()
    with app.app_context():
        migrations.upgrade(app)
        if before:
            before()
    server.serve(app, os.environ.get("HOST") or "127.0.0.1", number, announce=_within(app, announce))


def _within(app: Flask, announce: Callable[[str], None]) -> Callable[[str], None]:
    def called(address: str) -> None:
        with app.app_context():
            announce(address)

    return called
