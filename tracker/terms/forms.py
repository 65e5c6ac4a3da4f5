from collections.abc import Iterable
from typing import Any

from wtforms import HiddenField, RadioField, SelectField, TextAreaField
from wtforms.validators import Length, Optional

from tracker import languages
from tracker.forms import MARKDOWN_HINT, BaseForm, choices
from tracker.i18n import _, _l
from tracker.projects.models import Partner
from tracker.projects.states import COMMITMENT_LABELS, ROLE_LABELS
from tracker.terms.parts import FIELDS
from tracker.terms.states import AUTHOR_ORDER_LABELS, AuthorOrder

PART_LENGTH = 3_000
TEXT_LENGTH = 20_000
FIELD_OF = {"data": "data_use"}  # part -> its field, where a form means something else by the part's name
ORDERS = [order for order in AuthorOrder if order is not AuthorOrder.UNSAID] + [AuthorOrder.UNSAID]


def part(label: Any, description: Any = "", rows: int = 3) -> TextAreaField:
    """A part of the terms in plain words."""
    return TextAreaField(
        label,
        [Optional(), Length(max=PART_LENGTH)],
        description=description,
        render_kw={"rows": rows, "class": "short"},
    )


class PartsForm(BaseForm):
    """What terms say beside who does what."""

    author_order = RadioField(_l("In which order do the authors stand?"))
    author_order_words = part(_l("The order in your words"), _l("Needed for another way; else only what you add."), 2)
    working_language = SelectField(_l("Language you work in together"))
    translations = part(_l("Translations"), _l("Into which languages, and who sees to it."), 2)
    publisher = part(_l("Publisher and series"), _l("Who will publish it, and where."), 2)
    funding = part(_l("Who pays for what?"), _l("In words. “Own resources” is a good answer."))
    data_use = part(_l("Data and files"), _l("Whose they are, who may use them, where they are kept."))
    leaving = part(_l("How to leave"), _l("What happens to the work of a partner that leaves."))
    text = TextAreaField(
        _l("What else?"),
        [Optional(), Length(max=TEXT_LENGTH)],
        description=MARKDOWN_HINT,
        render_kw={"rows": 5},
    )

    def __init__(self, **values: Any) -> None:
        super().__init__(**{FIELD_OF.get(name, name): value for name, value in values.items()})
        self.author_order.choices = choices((order, AUTHOR_ORDER_LABELS[order]) for order in ORDERS)
        self.working_language.choices = choices(languages.choices(), blank=_("not settled yet"))

    def validate(self, extra_validators: Any = None) -> bool:
        """Another order of the authors needs words. Not beside the field, which an empty text ends at once."""
        is_sound = super().validate(extra_validators)
        if self.author_order.data == AuthorOrder.OTHER and not self.author_order_words.data:
            self.author_order_words.errors = [_("Say in words in which order the authors stand.")]
            return False
        return is_sound

    def values(self) -> dict[str, Any]:
        """What is typed, by part."""
        return {name: self[FIELD_OF.get(name, name)].data or "" for name in FIELDS}

    def says_something(self) -> bool:
        """Whether any part is filled."""
        values = self.values()
        return values.pop("author_order") != AuthorOrder.UNSAID or any(values.values())


class TemplateForm(PartsForm):
    """What the terms of a network start from."""

    version = HiddenField()


class TermsForm(PartsForm):
    """A version of the terms; `form_for` adds what each partner does."""

    partner_fields: dict[int, str] = {}  # by the id of the partner: the name of its field

    @property
    def tasks(self) -> dict[int, str]:
        """What each partner does, by its id."""
        return {partner_id: self[name].data or "" for partner_id, name in self.partner_fields.items()}

    def validate(self, extra_validators: Any = None) -> bool:
        """Nothing is compulsory, but something must be said."""
        is_sound = super().validate(extra_validators)
        if is_sound and not self.says_something() and not any(self.tasks.values()):
            first = self[next(iter(self.partner_fields.values()), "text")]
            first.errors = [_("Write something first: who does what is a good start.")]
            return False
        return is_sound


def form_for(partners: Iterable[Partner], tasks: dict[int, str], **values: Any) -> TermsForm:
    """The form for these partners, filled with what each does (`tasks`) and the other parts."""
    names = {partner.id: f"tasks-{partner.id}" for partner in partners}
    fields: dict[str, Any] = {
        names[partner.id]: part(_l("Tasks of %(name)s", name=partner.name), _standing(partner)) for partner in partners
    }
    form = type("TermsFormOfPartners", (TermsForm,), {"partner_fields": names, **fields})
    return form(**values, **{names[partner_id]: words for partner_id, words in tasks.items()})


def _standing(partner: Partner) -> str:
    """A partner's role, and where it has not agreed yet, that."""
    role = _("Role: %(role)s", role=str(ROLE_LABELS[partner.role]))
    return role if partner.is_committed else f"{role} · {COMMITMENT_LABELS[partner.commitment]}"
