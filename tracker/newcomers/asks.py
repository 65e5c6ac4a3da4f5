"""What newcomers ask: a network whether it adds an institution."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from markupsafe import Markup

from tracker.asks.kinds import Choice, Kind, Shown, declare, one_of, words
from tracker.i18n import _, _l, country_name
from tracker.identifiers import ror_url
from tracker.institutions.models import Institution, Person
from tracker.newcomers import actions, queries
from tracker.newcomers.models import Application
from tracker.newcomers.queries import APPLICATION

ANOTHER = "another"


def _place(institution: Institution) -> str:
    return ", ".join(part for part in (institution.city, country_name(institution.country)) if part)


def _shown(application: Application) -> Shown:
    facts = [
        (_("Name"), application.name),
        (_("Native name"), application.native_name),
        (_("Acronym"), application.acronym),
        (_("Country"), country_name(application.country)),
        (_("City"), application.city),
        (_("Website"), _link(application.website)),
        (_("ROR id"), _link(ror_url(application.ror) if application.ror else "")),
        (_("Who asks"), application.person_name),
        (_("Position"), application.position),
        (_("E-mail address"), _address(application)),
    ]
    rows = [
        Markup('<li><a href="{}">{}</a>{} · {}</li>').format(
            institution.path, institution.name, "" if acronym in institution.name else f" ({acronym})", place
        )
        for institution in application.alike
        for place, acronym in [(_place(institution), institution.acronym)]
    ]
    alike = Markup("<ul>{}</ul>").format(Markup("").join(rows)) if rows else Markup("")
    texts = [(_("In the list already, and alike"), alike, "")]
    return Shown([(label, text) for label, text in facts if text], texts, application.network.path)


def _link(address: str) -> Markup | str:
    return Markup('<a href="{0}" rel="nofollow noopener" dir="ltr">{0}</a>').format(address) if address else ""


def _address(application: Application) -> str:
    person = application.person
    if person is not None and person.email == application.person_email:
        return application.person_email
    return _("%(email)s (not checked)", email=application.person_email)


def _known_ones(application: Application) -> Mapping[str, Any]:
    """What looks alike, and a way to name another."""
    found = {str(row.id): f"{row.name}, {_place(row)}" for row in application.alike}
    return found | {ANOTHER: _l("another one, which I name below")}


def _meant(application: Application, institution: str, other: str) -> Institution | None:
    """The one institution that a coordinator means; None where it could be none or several."""
    found = queries.meant(institution if institution != ANOTHER else other, application.country)
    return found[0] if len(found) == 1 else None


def _check(application: Application, values: Mapping[str, Any]) -> dict[str, str]:
    if _meant(application, values["institution"], values["other"]) is not None:
        return {}
    return {"other": _("Copy the address of its page here: this says none, or several.")}


def _is_known(
    application: Application, *, actor: Person, institution: str = "", other: str = "", note: str = ""
) -> None:
    found = _meant(application, institution, other)
    assert found is not None  # see _check
    actions.is_known(application, found, note=note, actor=actor)


declare(
    Kind(
        name=APPLICATION,
        label=_l("wish to be added"),
        load=queries.application_for_ask,
        question=_l("Shall %(institution)s be added to “%(for)s”?"),
        meaning=_l(
            "With a yes it is in the list and a member from today, and %(person)s is mailed an invitation to be its"
            " contact. Nothing was mailed to that address yet: look whether name, website and address belong together."
        ),
        choices=(
            Choice(
                "add",
                _l("Yes, add it"),
                _l("%(institution)s was added."),
                actions.add,
                fields=(words("note", _l("A few words with your answer")),),
            ),
            Choice(
                "not_now",
                _l("Not now"),
                _l("%(institution)s is not added now."),
                actions.turn_down,
                fields=(words("note", _l("A few words with your answer")),),
                tone="quiet",
            ),
            Choice(
                "known",
                _l("It is in the list already"),
                _l("%(institution)s is in the list already."),
                _is_known,
                fields=(
                    one_of("institution", _l("Which one is it?"), _known_ones),
                    words("other", _l("Its name or the address of its page here, if it is another")),
                    words("note", _l("A few words to them")),
                ),
                tone="quiet",
                check=_check,
            ),
        ),
        changes={("not_now", "add"): actions.add, ("not_now", "known"): _is_known},
        mail="newcomers/mail/application.txt",
        waiting=_l("Waiting for the coordinators to add an institution."),
        waiting_for=_l("Waiting for the coordinators of %(for)s to add %(institution)s."),
        shows=_shown,
        lasts=timedelta(days=180),
        withdrawn=actions.take_back,
        expired=actions.take_back,
    )
)
