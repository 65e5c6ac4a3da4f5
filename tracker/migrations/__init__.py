"""The history of the tables. `HEAD` holds the newest number, so that two parallel migrations conflict in git."""

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from flask import Flask

from tracker.database import db

HERE = Path(__file__).resolve().parent


def configuration(app: Flask, connection: Any = None) -> Config:
    """Alembic's configuration for this application's database; no ini file."""
    config = Config()
    config.set_main_option("script_location", str(HERE).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    config.attributes["engine"] = db.engine
    return config


def upgrade(app: Flask, to: str = "head") -> None:
    """Bring the tables up to date. Safe when two servers start together: one waits for the other."""
    with app.app_context():
        command.upgrade(configuration(app), to)
