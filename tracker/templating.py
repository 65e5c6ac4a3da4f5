"""What every template may call: addresses, and filters that show values in the reader's way."""

from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import sqlalchemy as sa
from flask import Flask, g, request

from tracker import access, i18n
from tracker.database import db
from tracker.goals import GOALS
from tracker.institutions.models import Network, Person
from tracker.languages import text_direction
from tracker.markdown import plain


def init_app(app: Flask) -> None:
    """Add the globals and filters. Globals, because macros see no context."""
    app.jinja_env.add_extension("jinja2.ext.do")
    app.jinja_env.globals.update(
        _=i18n._,
        ngettext=i18n.ngettext,
        language=i18n.language,
        direction=i18n.direction,
        interface_languages=i18n.interface_languages,
        can=access.can,
        actor=access.actor,
        here=here,
        site_name=site_name,
    )
    app.jinja_env.filters.update(
        day=day,
        weekday=weekday,
        moment=moment,
        number=i18n.format_number,
        share=i18n.format_share,
        size=i18n.format_size,
        country=i18n.country_name,
        language_name=i18n.language_name,
        list_and=i18n.list_and,
        text_direction=text_direction,
        plain=plain,
        goal_name=lambda number: f"{number}. {GOALS[number]}",
        host=lambda address: urlsplit(address).hostname or address,
        zip=zip,
    )
    app.before_request(_name_site)


def here(**changed: Any) -> str:
    """This page's address with some query arguments changed; None removes one. Another page number is forgotten
    unless it is what changes."""
    arguments = request.args.to_dict(flat=False)
    arguments.pop("page", None)
    for name, value in changed.items():
        arguments.pop(name, None)
        if value is not None:
            arguments[name] = [str(value)]
    query = urlencode([(name, value) for name, values in arguments.items() for value in values], errors="replace")
    path = "/" + quote(request.path.lstrip("/"), errors="replace")  # two slashes would be another site
    return f"{path}?{query}" if query else path


def site_name() -> str:
    """The network's name where there is one network, else the tracker's."""
    return g.get("site_name") or i18n._("Research tracker")


def day(value: Any) -> str:
    """A date, a partial date or a moment as a day in the reader's language and zone."""
    return i18n.format_day(value, _zone()) if value is not None else ""


def weekday(value: Any) -> str:
    """As `day`, with the day of the week where it is a whole day."""
    return i18n.format_day(value, _zone(), weekday=True) if value is not None else ""


def moment(value: Any) -> str:
    """A moment as date and time in the reader's zone."""
    return i18n.format_moment(value, _zone()) if value is not None else ""


def _zone() -> str:
    person: Person | None = access.actor()
    return person.time_zone if person else "UTC"


def _name_site() -> None:
    if request.endpoint in ("static", "style", "healthz"):
        return
    names = db.session.scalars(sa.select(Network.name).order_by(Network.id).limit(2)).all()
    g.site_name = names[0] if len(names) == 1 else None
