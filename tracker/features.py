"""The features, in order. Each may build on those above it, and on the platform modules beside this one."""

from importlib import import_module
from importlib.util import find_spec

from flask import Flask

FEATURES = (
    "activity",
    "search",
    "themes",
    "institutions",
    "asks",
    "accounts",
    "memberships",
    "contacts",
    "projects",
    "seats",
    "calls",
    "recruiting",
    "newcomers",
    "terms",
    "matching",
    "balance",
    "milestones",
    "plans",
    "checkins",
    "reports",
    "bibliographies",
    "drafts",
    "writing",
    "reviewing",
    "credit",
    "attachments",
    "events",
    "uses",
    "publication",
    "library",
    "harvest",
    "ideas",
    "atlas",
    "timelines",
    "story",
    "oversight",
    "board",
    "calendars",
    "exports",
    "directory",
    "project_page",
    "tables",
    "sheets",
    "notifications",
    "home",
    "imports",
    "merging",
    "demo",
)


def foundations(feature: str) -> tuple[str, ...]:
    """The features that this one may import from."""
    return FEATURES[: FEATURES.index(feature)]


def init_app(app: Flask) -> None:
    """Give the app each feature's tables, permissions, kinds of activity, pages and commands."""
    for feature in FEATURES:
        for part in ("models", "permissions", "actions", "asks", "rounds", "views", "commands"):
            if not find_spec(f"tracker.{feature}.{part}"):
                continue
            module = import_module(f"tracker.{feature}.{part}")
            if part == "views":
                app.register_blueprint(module.bp)
            elif part == "commands":
                app.cli.add_command(module.commands)
