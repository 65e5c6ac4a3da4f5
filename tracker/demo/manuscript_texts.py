"""The words in which the reports of the example are written, reviewed and corrected."""

from tracker.credit.states import ContributionRole, Degree

FIRST_NOTE = "The whole text, with the table of all nine markets. The part on Sulawesi is still short."
SECOND_NOTE = "The prices of 2021 were counted twice: stock and debts are corrected. Rules told market by market."
REVISED = (  # what draft 1 says, what draft 2 says
    (
        "Their stock is worth a little more than half of what it was, at the prices of\n2021.",
        "At constant prices their stock is worth two fifths of what it was; an earlier draft\n"
        "counted the prices of 2021 twice and said more than half.",
    ),
    (
        "Age matters less than we expected. Debt matters more: of those who owed money on the day of the closure, "
        "one in three\ncame back; of those who owed nothing, two in three.",
        "Age matters less than we expected. Debt matters more: of those who owed money on the day of the closure, 36 "
        "per cent\ncame back; of those who owed nothing, 64 per cent. What they owed was small, most often a month of "
        "stock.",
    ),
    (
        "Where the old cards count, a third more women came back than where new papers are asked for. The difference "
        "stays when\ndistance, debt and trade before the closure are taken into account.\n",
        "Where the old cards count, a third more women came back than where new papers are asked for. The difference "
        "stays when\ndistance, debt and trade before the closure are taken into account.\n\nNo market office had "
        "meant to keep women away. The photograph did: it costs a day, and the photographer sits in\nthe county "
        "town.\n",
    ),
    ("Take cash below a sum that the traders’ association sets once a year.", "Take cash below a small sum."),
)
ROUND_NOTE = "Please look at the table and at the three proposals above all. Half an hour is enough."
OUTSIDER = ("Khamla Sihavong", "khamla.sihavong@example.org")
COMMENTS = (  # (beginning of the paragraph, comment)
    (
        "Those who did not come back had less",
        "Do you know this of all of them, or of the 641 whom you found? Those you did not find may have gone further.",
    ),
    (
        "Payment by telephone",
        "In the markets I know, the takings come back with the grandchild. Can you say how many told you otherwise?",
    ),
)
REVIEW_WORDS = (
    "Clear, short and new: I know of no other count of those who did not come back. The proposals follow from the "
    "text. My two questions are about who was not found and about the telephones."
)
REPLY = "Of those found. We say so now, and give the share of those not found for each market below the table."
PEN_WORDS = "Please work in the two comments; I answer the ministry meanwhile."
DECLARED = (  # what the first author says of themselves, and the second
    {
        ContributionRole.CONCEPTUALIZATION: Degree.LEAD,
        ContributionRole.PROJECT_ADMINISTRATION: Degree.LEAD,
        ContributionRole.REVIEW_EDITING: Degree.SUPPORTING,
    },
    {
        ContributionRole.FORMAL_ANALYSIS: Degree.LEAD,
        ContributionRole.ORIGINAL_DRAFT: Degree.LEAD,
        ContributionRole.VISUALIZATION: None,
    },
)

SECTIONS = (  # (partner's institution, who writes, state, heading, text)
    (
        "zambeze",
        "joao.tembe",
        "reviewed",
        "O que contámos",
        "Antes da obra e dezoito meses depois dela, contámos bancas, preços e passagens em **48 mercados** de beira de "
        "estrada.[^dia] São mercados pequenos: metade tem menos de trinta bancas, e em quatro de cada cinco bancas "
        "vende uma mulher.\n\n"
        "Contámos nós próprios, a pé, com um lápis e um relógio. As vendedoras corrigiram a folha mais do que uma "
        "vez.\n\n"
        "[^dia]: Sempre no dia de mercado, entre as seis e as nove da manhã.\n",
    ),
    (
        "savanna",
        "otieno.abala",
        "drafted",
        "Quem ficou, quem saiu",
        "Em média, sobram duas de cada três vendedoras.\n\n"
        "| País | Bancas antes | Bancas depois |\n|:--|--:|--:|\n| Moçambique | 912 | 573 |\n| Quénia | 844 | 601 |\n"
        "| Brasil | 377 | 259 |\n\n"
        "Quem saiu não foi longe: vende agora à porta de casa, ou a quem vende na nova paragem.\n",
    ),
    (
        "sertao",
        "inacio.lucena",
        "open",
        "O que fizeram os municípios",
        "Onde o município reservou lugar e sombra antes da obra, ficaram nove em cada dez. *Falta o caso de dois "
        "municípios do sertão; escrevo até sexta-feira.*\n",
    ),
)

FRENCH_NOTE = "La note entière, avec le tableau des délais. Relue par Kouassi Yao."
FUNDING = "Own resources of the three institutes; the second round in Bolivia was paid by the Altiplano Research Fund."
CORRECTION = "The funding statement did not name who paid the second round in Bolivia."
KNOWS_NONE = "Todavía no. La Secretaría de Desarrollo nos pidió una copia en marzo."
