from collections.abc import Mapping, Sequence

from wtforms import HiddenField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length, Optional

from tracker.addresses import normal_email
from tracker.credit.models import Contributor
from tracker.credit.states import CREDIT, ROLE_LABELS, ROLE_MEANINGS, ContributionRole, Degree
from tracker.forms import BaseForm, CheckboxesField, checked, choices
from tracker.i18n import _, _l
from tracker.institutions.models import Institution, Person

WORDS_LENGTH = 2000
DONE = "done"  # they did it, and say no more
DEGREES = (
    ("", _l("no")),
    (Degree.LEAD, _l("yes, I led it")),
    (Degree.EQUAL, _l("yes, shared equally")),
    (Degree.SUPPORTING, _l("yes, I helped")),
)


class PublishForm(BaseForm):
    """The button that publishes. `seen`: the versions that were on the page."""

    seen = HiddenField()


class CoverForm(BaseForm):
    because = TextAreaField(
        _l("Why can this author not answer?"),
        [InputRequired(), Length(max=WORDS_LENGTH)],
        description=_l("How you tried to reach them, and since when. Everybody who takes part reads it."),
        render_kw={"rows": 3},
    )


class RolesForm(BaseForm):
    """One field for each role: no, or to which degree. Made by `roles_form`."""

    is_needed = True

    def validate(self, extra_validators: object = None) -> bool:
        sound = super().validate()
        if sound and self.is_needed and not roles_in(self):
            self.form_errors.append(_("Say yes to at least one of them."))
            return False
        return sound


def field_name(role: ContributionRole) -> str:
    """The name of a role's field."""
    return f"role_{role.name.lower()}"


def roles_form(said: Mapping[ContributionRole, Degree | None], *, is_needed: bool = True) -> RolesForm:
    """The form for what somebody did, filled with what is declared or proposed. `is_needed`: something must be."""
    fields = {
        field_name(role): SelectField(ROLE_LABELS[role], [Optional()], description=ROLE_MEANINGS[role])
        for role in ContributionRole
    }
    made: type[RolesForm] = type("RolesForm", (RolesForm,), {**fields, "is_needed": is_needed})
    form = made(**{field_name(role): said[role] or DONE for role in said})
    for role in ContributionRole:
        plain = role not in CREDIT or (role in said and said[role] is None)
        offered = [*DEGREES, (DONE, _l("yes, I did this"))] if plain else DEGREES
        form[field_name(role)].choices = choices(offered)
    return form


def roles_in(form: RolesForm) -> dict[ContributionRole, Degree | None]:
    """What the form says: the roles with a yes, and the degree where one was said."""
    chosen = {role: form[field_name(role)].data for role in ContributionRole}
    return {role: None if value == DONE else Degree(value) for role, value in chosen.items() if value}


class AddForm(BaseForm):
    """Somebody who did something for the report and is no author."""

    person = SelectField(_l("Who?"), [Optional()], description=_l("Somebody of the team …"))
    name = StringField(
        _l("Or somebody else: name"), [Optional(), Length(max=Contributor.name.property.columns[0].type.length)]
    )
    email = StringField(_l("Their e-mail address"), [Length(max=254), checked(normal_email)])
    institution = SelectField(_l("Institution"), [Optional()])
    affiliation = StringField(
        _l("Affiliation as printed"),
        [Optional(), Length(max=Contributor.affiliation.property.columns[0].type.length)],
    )
    roles = CheckboxesField(
        _l("What they may have done"), description=_l("They say themselves what counts; this is only a proposal.")
    )

    def __init__(self, *, people: Sequence[Person], places: Sequence[Institution]) -> None:
        super().__init__()
        self.person.choices = choices([(known.id, known.name) for known in people], blank=_("Choose …"))
        self.institution.choices = choices([(known.id, known.name) for known in places], blank=_("none of them"))
        self.roles.choices = choices(ROLE_LABELS.items())

    def validate_email(self, field: StringField) -> None:
        if not self.person.data and not (field.data and self.name.data):
            raise ValidationError(_("Choose somebody, or give a name and an e-mail address."))
