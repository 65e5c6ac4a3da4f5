"""When two names, acronyms or websites are perhaps those of one institution. Knows no database."""

import re
from urllib.parse import urlsplit

from tracker.folding import fold
from tracker.i18n import country_name, speaking

LEAST_WORDS = 4  # of a name before a comma: "Institute of Economics, X" may be anybody's institute
LEAST_INITIALS = 3  # of a name; two letters are everybody's
_BRACKETS = re.compile(r"^(.*?)\s*[(（]([^()（）]+)[)）]\s*$")
_ACRONYM = re.compile(r"[\w&/-]{2,20}|[^\W\d_a-z]{2}[\w&/ -]{0,18}")
_SMALL = frozenset(  # words that give an acronym no letter
    "a and at d da das de del des do dos du e el en et for in l la las le les of on y".split()  # noqa: SIM905
)
# What tells no two institutions apart, as `name_key` writes it.
_GENERIC = _SMALL | frozenset(
    fold(
        "academy association centre college council department faculty foundation group institute institution"
        " international national network research school society studies study tank think university"
        " academia asociacion centro consejo escuela estudios facultad fundacion instituto internacional"
        " investigacion investigaciones los nacional para por red universidad"
        " em estudos faculdade fundacao pesquisa pesquisas universidade"
        " academie association conseil ecole etudes faculte fondation institut internationale nationale pour"
        " recherche recherches universite"
        " der die das fur und universitat zentrum stiftung"
        " академия для и институт исследований научный национальный по университет фонд центр"
        " أبحاث البحوث الدراسات المركز المعهد بحوث جامعة دراسات للأبحاث للبحوث للدراسات مركز معهد مؤسسة"
    ).split()
)
# Where many institutions have their pages: to share such a host says nothing.
_HOSTS_OF_MANY = (
    *("blogspot.com", "facebook.com", "github.io", "google.com", "instagram.com", "linkedin.com", "medium.com"),
    *("twitter.com", "wikipedia.org", "wixsite.com", "wordpress.com", "x.com", "youtube.com"),
)


def name_key(name: str) -> str:
    """A name without case, accents, punctuation, "the", and with one way to write "and" and "centre"."""
    words = re.sub(r"[\W_]+", " ", fold(name).replace("&", " and ")).split()
    return " ".join("centre" if word == "center" else word for word in words if word != "the")


def asked_for(name: str) -> str:
    """The words of a name with which the search finds all names of the same key, and perhaps more."""
    words = [word for word in name_key(name).split() if word not in ("and", "centre")]
    return " ".join(words) or name


def variants(printed: str) -> tuple[list[str], list[str]]:
    """The other names and the acronyms that a printed name holds.

    >>> variants("IPAR (Initiative Prospective Agricole et Rurale)")
    (['Initiative Prospective Agricole et Rurale'], ['IPAR'])
    """
    names: list[str] = []
    shorts = [printed] if _ACRONYM.fullmatch(printed) else []
    _open_brackets(printed, names, shorts)
    head, comma, _tail = (part.strip() for part in printed.partition(","))
    if comma:
        inside: list[str] = [head]
        _open_brackets(head, inside, shorts)
        names += [name for name in inside if len(name_key(name).split()) >= LEAST_WORDS]
    return list(dict.fromkeys(names)), list(dict.fromkeys(shorts))


def heart(name: str, country: str) -> frozenset[str]:
    """The words that set a name apart from others of its country (alpha-2): neither its kind nor the country.

    >>> sorted(heart("The Centre for Policy Dialogue (CPD), Bangladesh", "BD"))
    ['dialogue', 'policy']
    """
    with speaking("en"):
        of_country = set(name_key(country_name(country)).split())
    outside = re.sub(r"[(（][^()（）]*[)）]", " ", name)
    return frozenset(name_key(outside).split()) - _GENERIC - of_country


def initials(name: str) -> str:
    """The acronym that a name would have, folded; empty where it has too few words.

    >>> initials("Centre for Policy Dialogue")
    'cpd'
    """
    letters = [word[0] for word in name_key(name).split() if word not in _SMALL]
    return "".join(letters) if len(letters) >= LEAST_INITIALS else ""


def host_of(website: str) -> str:
    """The host of an http(s) address without "www."; empty where many institutions share it, or there is none."""
    try:
        host = (urlsplit(website).hostname or "").removeprefix("www.").rstrip(".")
    except ValueError:
        return ""
    return "" if any(host == known or host.endswith("." + known) for known in _HOSTS_OF_MANY) else host


def weighty(name: str) -> set[str]:
    """The words of a name without its small ones."""
    return {word for word in name_key(name).split() if len(word) > 3 or not word.isascii()}


def _open_brackets(text: str, names: list[str], shorts: list[str]) -> None:
    """ "Name (ACR)" and "Name (a remark)" give the name, "ACR (Name)" the name too. A department gives none."""
    if not (match := _BRACKETS.match(text)):
        return
    outside, inside = match.groups()
    if _ACRONYM.fullmatch(outside):
        shorts.append(outside)
        names.append(inside)
    elif _ACRONYM.fullmatch(inside) or inside[0].islower():
        names.append(outside)
    if _ACRONYM.fullmatch(inside) and not inside.islower():
        shorts.append(inside)
