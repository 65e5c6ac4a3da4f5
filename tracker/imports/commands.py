from pathlib import Path

import click
from flask.cli import AppGroup

from tracker.accounts.queries import network_named
from tracker.database import db
from tracker.imports.actions import import_file
from tracker.imports.outcome import Outcome, Unreadable

commands = AppGroup("import", help="Lists of institutions and projects.")
FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
DRY_RUN = click.option("--dry-run", is_flag=True, help="Say what would happen; change nothing.")


@commands.command("institutions")
@FILE
@DRY_RUN
@click.option("--network", metavar="NETWORK", help="Name or number of the network they become members of.")
def institutions_command(file: Path, dry_run: bool, network: str | None) -> None:
    """Import institutions from a CSV file (UTF-8)."""
    _run("institutions", file, dry_run, network)


@commands.command("projects")
@FILE
@DRY_RUN
@click.option("--network", metavar="NETWORK", help="Name or number of the network the projects belong to.")
def projects_command(file: Path, dry_run: bool, network: str | None) -> None:
    """Import projects, their partners, plans and reports from a JSON file."""
    _run("projects", file, dry_run, network)


def _run(kind: str, file: Path, dry_run: bool, network_name: str | None) -> None:
    network = network_named(network_name) if network_name else None
    if network_name and network is None:
        raise click.ClickException(f"There is no network called “{network_name}”.")
    try:
        outcome = import_file(file.read_bytes(), kind=kind, network=network, actor=None, dry_run=dry_run)
    except Unreadable as error:
        raise click.ClickException(str(error)) from error
    if dry_run:
        db.session.rollback()
    else:
        db.session.commit()
    _print(outcome)
    if dry_run:
        click.echo("Dry run: nothing was changed.")


def _print(outcome: Outcome) -> None:
    for line in outcome.lines:
        click.echo("\t".join([str(line.place), line.label, line.title, ", ".join(line.fields)]).rstrip())
        for remark in line.remarks:
            click.echo(f"\t\t{remark.field}: {remark.sentence}" if remark.field else f"\t\t{remark.sentence}")
    if outcome.names:
        ways = ", ".join(f"{number} by {way}" for way, number in outcome.found_by)
        click.echo(f"\nPartners recognised: {len(outcome.matched)} of {len(outcome.names)} ({ways or 'none'})")
        for name in outcome.matched:
            click.echo(f"\t{name.place}\t{name.name} = {name.found} ({name.by})")
    if outcome.unmatched:
        click.echo("Partners not recognised, kept under the name in the source:")
        for name in outcome.unmatched:
            candidates = f" [{'; '.join(name.candidates)}]" if name.candidates else ""
            country = f" ({name.country})" if name.country else ""
            click.echo(f"\t{name.place}\t{name.name}{country}: {name.reason}{candidates}")
    if outcome.themes:
        click.echo("Themes not matched, kept in the notes: " + "; ".join(outcome.themes))
    click.echo("\n" + ", ".join(f"{number} {label}" for _verdict, label, number in outcome.counts))
