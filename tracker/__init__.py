"""Research project tracker: the application factory."""

from pathlib import Path
from typing import Any

from flask import Flask
from flask_compress import Compress
from jinja2 import StrictUndefined

from tracker import assets, caching, config, csrf, database, errors, features, i18n, security, templating
from tracker.accounts.session import init_app as init_session
from tracker.accounts.session import preferred_language

HERE = Path(__file__).resolve().parent


def create_app(overrides: dict[str, Any] | None = None) -> Flask:
    """The application: settings from the environment, then `overrides` (for tests and tools)."""
    settings = config.load(overrides)
    instance = Path(settings["INSTANCE"])
    instance.mkdir(parents=True, exist_ok=True)
    app = Flask(
        "tracker",
        template_folder=str(folder("templates")),
        static_folder=str(folder("static")),
        instance_path=str(instance),
    )
    app.config.from_mapping(settings)
    app.config["SECRET_KEY"] = settings["SECRET_KEY"] or config.secret_key(instance)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True

    database.init_app(app)
    i18n.init_app(app, preferred=preferred_language)
    Compress(app).compress_mimetypes_set.add("text/calendar")
    caching.init_app(app)  # before whatever an answer that is kept has no need of
    security.init_app(app)
    init_session(app)
    csrf.init_app(app)
    templating.init_app(app)
    assets.init_app(app)
    errors.init_app(app)
    features.init_app(app)
    return app


def folder(name: str) -> Path:
    """Where templates and static files lie: inside the installed package, or beside it in a checkout."""
    return next(place for place in (HERE / name, HERE.parent / name) if place.is_dir())
