"""The base of every form, and fields several features share.

CSRF is not here: `tracker.csrf` checks it once for every unsafe request.
"""

import re
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import Any

from flask import request
from werkzeug.datastructures import MultiDict
from wtforms import (
    FileField,
    Form,
    HiddenField,
    PasswordField,
    SelectChoice,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.widgets import CheckboxInput, ListWidget

from tracker import countries
from tracker.i18n import _, _l, country_name, translated, translated_plural
from tracker.markdown import clean_text

MOST_CHOICES = 300  # nobody means to tick more; a forged form might
# The hint of every field that takes Markdown.
MARKDOWN_HINT = _l("You can use **bold**, - lists and [links](https://example.org).")


class BaseForm(Form):
    """`obj` fills the form for editing. `submitted` tells a POST from a first look."""

    class Meta:
        def bind_field(self, form: Any, unbound: Any, options: dict) -> Any:
            kind = unbound.field_class
            if issubclass(kind, StringField):
                tidy = clean if issubclass(kind, TextAreaField) else one_line
                options["filters"] = [tidy, *options.get("filters", ())]
                if not issubclass(kind, HiddenField | PasswordField):  # whoever types chooses the script
                    options["render_kw"] = {"dir": "auto", **(unbound.kwargs.get("render_kw") or {})}
            return unbound.bind(form=form, **options)

        def get_translations(self, form: Any) -> Any:
            return _Translations()

    def __init__(self, obj: Any = None, **defaults: Any) -> None:
        formdata = _posted(self._file_fields()) if request.method == "POST" else None
        super().__init__(formdata=formdata, obj=obj, **defaults)

    def _file_fields(self) -> set[str]:
        return {name for name, unbound in self._unbound_fields if issubclass(unbound.field_class, FileField)}

    def submitted(self) -> bool:
        """True for a POST whose fields all hold."""
        return request.method == "POST" and self.validate()


class _Translations:
    """WTForms' own sentences through our catalogue."""

    def gettext(self, message: str) -> str:
        return translated(message)

    def ngettext(self, singular: str, plural: str, count: int) -> str:
        return translated_plural(singular, plural, count)


def _posted(file_fields: set[str]) -> MultiDict:
    """What was sent, cleaned before any validator looks: InputRequired would take a blank for an answer.

    A file sent where a form asks for text is left out: no other field could read it.
    """
    sent = MultiDict([(name, clean(value)) for name, value in request.form.items(multi=True)])
    for name, files in request.files.lists():
        if name in file_fields:
            sent.setlist(name, files)
    return sent


def clean(value: Any) -> Any:
    """Text without what no database or page can hold (NUL, lone surrogates), trimmed; anything else as it is."""
    return clean_text(value).strip() if isinstance(value, str) else value


def one_line(value: Any) -> Any:
    """Clean text without line breaks: a title is also the subject of a mail, and a cell of a list."""
    return re.sub(r"\s*\n\s*", " ", clean(value)) if isinstance(value, str) else value


class CheckboxesField(SelectMultipleField):
    """Several of a list, each a checkbox."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def pre_validate(self, form: Any) -> None:
        if len(self.data or ()) > MOST_CHOICES:
            raise ValidationError(_("Choose fewer."))
        super().pre_validate(form)


class CountriesField(StringField):
    """Countries by name in one line, in any of the interface's languages; `data` is a list of alpha-2 codes.

    A line of names is quicker to fill on a phone than a list of 249 boxes, and weighs nothing.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.typed: str | None = None

    def _value(self) -> str:
        if self.typed is not None:
            return self.typed
        return ", ".join(country_name(code) for code in self.data or ())

    def process_formdata(self, valuelist: list[Any]) -> None:
        if not valuelist:
            return
        self.typed = clean(str(valuelist[0]))
        names = [name for part in re.split(r"[,;،、，\n]", self.typed) if (name := part.strip())][:MOST_CHOICES]
        found = {name: countries.by_name(name) for name in names}
        self.data = list(dict.fromkeys(code for code in found.values() if code))
        if unknown := [name for name, code in found.items() if not code]:
            raise ValueError(self._not_known(unknown[0]))

    @staticmethod
    def _not_known(name: str) -> str:
        names = [country_name(code) for code in countries.COUNTRIES]
        if close := get_close_matches(name[:60], names, n=1, cutoff=0.7):
            return _("“%(name)s” is not a country we know. Did you mean %(guess)s?", name=name[:60], guess=close[0])
        return _("“%(name)s” is not a country we know.", name=name[:60])


def choices(pairs: Iterable[tuple[Any, Any]], blank: str | None = None) -> list[SelectChoice]:
    """(value, label) pairs as WTForms wants them; `blank` is the label of an empty first choice."""
    listed = [SelectChoice(str(value), str(label)) for value, label in pairs]
    return [SelectChoice("", blank), *listed] if blank is not None else listed


def checked(normalise: Callable[[str], str]) -> Callable[[Form, Any], None]:
    """A validator from a function that returns the canonical text or raises ValueError with a sentence."""

    def validate(_form: Form, field: Any) -> None:
        if not field.data:
            return
        try:
            field.data = normalise(field.data)
        except ValueError as error:
            raise ValidationError(str(error)) from error

    return validate


def row_number(text: Any) -> int:
    """A row's id out of a form; ValueError for anything else, numbers too large for the database included."""
    if isinstance(text, str) and (not text.isascii() or not text.isdigit()):
        raise ValueError("not a row number")
    number = int(text)
    if not 0 < number < 2**31:
        raise ValueError("not a row number")
    return number


def number_or_none(text: str | None) -> int | None:
    """A row's id out of an address; None for anything else."""
    try:
        return row_number(text) if text else None
    except ValueError:
        return None
