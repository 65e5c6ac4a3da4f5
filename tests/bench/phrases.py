"""The words of generated content: paragraphs of the example studies, titles put together from parts."""

from random import Random

from tracker import markdown
from tracker.demo.study import studies

SUBJECTS = (
    *("poverty", "migration", "fisheries", "railways", "irrigation", "schooling", "taxation", "housing"),
    *("forestry", "remittances", "tourism", "textiles", "logistics", "nutrition", "mining", "solar power"),
    *("land tenure", "child care", "border trade", "cotton", "coffee", "public works", "pensions", "ports"),
)
ASPECTS = (
    *("what changes for small producers", "who pays and who gains", "lessons from two provinces"),
    *("a comparison of three countries", "rules, incomes and risks", "evidence for the next plan"),
    *("from pilot to policy", "what local governments learn", "a study with communities"),
)
CITIES = (
    *("Aramu", "Belisto", "Cardeña", "Dunhe", "Elmira", "Farsal", "Gorani", "Hesheng", "Ilorin", "Jamuri"),
    *("Kelang", "Lumbala", "Moyobo", "Nairo", "Ouadane", "Pallasca", "Quelima", "Rostan", "Sandaré", "Tulpar"),
)
EVERY, COMMON, RARE = "around", "migration", "remittances pilot Jamuri"  # what is searched for


class Phrases:
    """Texts, and what of them is to be found."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        texts = [text for study in studies() for text in (study.question, study.why_now, study.summary) if text]
        self.paragraphs = [(text, markdown.render(text)) for text in texts]
        self.searchable: list[tuple[str, int, str]] = []

    def title(self) -> str:
        """One of some thousand titles."""
        subject, city = self.chance.choice(SUBJECTS), self.chance.choice(CITIES)
        return f"{subject.capitalize()} around {city}: {self.chance.choice(ASPECTS)}"

    def paragraph(self, length: int = 1) -> tuple[str, str]:
        """A text of some paragraphs, and its HTML."""
        chosen = self.chance.choices(self.paragraphs, k=length)
        return "\n\n".join(text for text, _html in chosen), "\n".join(html for _text, html in chosen)

    def put(self, kind: str, number: int, *texts: str) -> None:
        """Let a thing be found by these texts."""
        self.searchable.append((kind, number, " ".join(texts)))
