"""Why an institution stands where it stands, in sentences: made of the levels that gave its score."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tracker import countries
from tracker.i18n import _, country_name, language_name, list_and, ngettext
from tracker.matching.fit import score

MOST_NAMED = 3  # themes or words


@dataclass(frozen=True)
class Fit:
    """How well an institution and a seat (or a project) fit, with what the sentences name."""

    levels: Mapping[str, int]
    country: str  # of the institution
    places: Sequence[str]  # that are asked for
    language: str  # that is asked for
    themes: Sequence[str] = field(default=())  # names of those shared
    words: Sequence[str] = field(default=())  # of its name
    together: str = ""  # the partner it worked with
    finished: int = 0

    @property
    def score(self) -> int:
        return score(self.levels)

    @property
    def reasons(self) -> list[str]:
        """The sentences, the weightiest kinds first, in the language spoken now."""
        said = {
            "themes": self._themes,
            "words": self._words,
            "language": self._language,
            "place": self._place,
            "together": self._together,
            "finished": self._finished,
            "newcomer": self._newcomer,
            "checked": self._checked,
            "elsewhere": self._elsewhere,
        }
        return [sentence() for name, sentence in said.items() if self.levels.get(name)]

    def _themes(self) -> str:
        named = list_and(self.themes[:MOST_NAMED])
        return ngettext("same theme: %(names)s", "same themes: %(names)s", len(self.themes), names=named)

    def _words(self) -> str:
        quoted = list_and(_("“%(word)s”", word=word) for word in self.words[:MOST_NAMED])
        return _("%(words)s in its name", words=quoted)

    def _language(self) -> str:
        named = language_name(self.language)
        if self.levels["language"] > 1:
            return _("works in %(language)s", language=named)
        return _("%(language)s is an official language there", language=named)

    def _place(self) -> str:
        here = country_name(self.country)
        if self.country in self.places:
            return here
        if self.levels["place"] > 1:
            region = next(place for place in self.places if self.country in countries.countries_in(place))
            return _("%(country)s, in %(region)s", country=here, region=country_name(region))
        small = countries.regions_around(self.country)[0]
        other = next(place for place in self.places if small in countries.regions_around(place))
        return _("%(country)s, near %(other)s", country=here, other=country_name(other))

    def _elsewhere(self) -> str:
        named = list_and(country_name(place) for place in self.places[:MOST_NAMED])
        return _("not in %(places)s", places=named)

    def _together(self) -> str:
        return _("has worked with %(name)s before", name=self.together)

    def _finished(self) -> str:
        return ngettext("one joint project published here", "%(num)s joint projects published here", self.finished)

    def _newcomer(self) -> str:
        return _("no project yet")

    def _checked(self) -> str:
        return _("record checked within a year")
