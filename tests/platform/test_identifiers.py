import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker import identifiers
from tracker.identifiers import normal_doi, normal_isbn, normal_issn, normal_orcid, normal_ror, website


@pytest.mark.parametrize(
    "text",
    [
        "0000-0002-1825-0097",
        "https://orcid.org/0000-0002-1825-0097",
        " orcid.org/0000-0002-1825-0097/ ",
        "ORCID: 0000 0002 1825 0097",
        "0000000218250097",
        "0000‐0002–1825-0097",
    ],
)
def test_one_orcid(text):
    assert normal_orcid(text) == "0000-0002-1825-0097"


def test_an_orcid_may_end_in_x():
    assert normal_orcid("0000-0002-9079-593x") == "0000-0002-9079-593X"


@pytest.mark.parametrize("text", ["https://ror.org/05dxps055", "ror.org/05DXPS055/", "ROR: 05dxps055 "])
def test_one_ror(text):
    assert normal_ror(text) == "05dxps055"
    assert identifiers.ror_url(normal_ror(text)) == "https://ror.org/05dxps055"


@pytest.mark.parametrize("known", ["042nb2s44", "03vek6s52", "00f54p054", "052gg0110", "013meh722"])
def test_known_ror_ids(known):
    assert normal_ror(known) == known


@pytest.mark.parametrize("place", range(1, 9))
def test_a_ror_with_one_wrong_sign_is_refused(place):
    good = "05dxps055"
    for other in "0123456789":
        if other != good[place]:
            with pytest.raises(ValueError, match="ROR id"):
                normal_ror(good[:place] + other + good[place + 1 :])


@pytest.mark.parametrize(
    "text",
    [
        "10.1000/ABC(1)_2",
        "https://doi.org/10.1000/abc(1)_2",
        "http://dx.doi.org/10.1000/abc(1)_2",
        "doi:10.1000/abc(1)_2.",
        "DOI 10.1000/abc(1)_2",
    ],
)
def test_one_doi(text):
    assert normal_doi(text) == "10.1000/abc(1)_2"


@pytest.mark.parametrize("text", ["9780306406157", "ISBN 978 0 306 40615 7", "0-306-40615-2"])
def test_one_isbn(text):
    assert normal_isbn(text) == "978-0-306-40615-7"


@pytest.mark.parametrize("text", ["2307-9827", "23079827", "ISSN 2307–9827", "eISSN: 2307-9827"])
def test_one_issn(text):
    assert normal_issn(text) == "2307-9827"


NORMAL = [normal_orcid, normal_ror, normal_doi, normal_isbn, normal_issn, website]


@pytest.mark.parametrize("normal", NORMAL)
@pytest.mark.parametrize("text", ["", " ", "0000-0002-1825-0098", "978-0-306-40615-8", "2307-9828", "<a>", "ı" * 9])
def test_what_is_none_is_refused_with_a_sentence(normal, text):
    with pytest.raises(ValueError, match=r"\.$"):
        normal(text)


@pytest.mark.parametrize("normal", NORMAL)
@given(text=st.text(max_size=40))
def test_any_text_has_a_form_that_stays_or_is_refused(normal, text):
    try:
        form = normal(text)
    except ValueError:
        return
    assert normal(form) == form


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("www.Example.org", "http://www.example.org"),
        ("https://Example.org/", "https://example.org"),
        ("HTTPS://example.org:443/a b", None),
        ("https://example.org:8080/a?b=c&d#e", "https://example.org:8080/a?b=c&d#e"),
        ("http://example.org:80/x", "http://example.org/x"),
        ("https://münchen.example/straße", "https://xn--mnchen-3ya.example/stra%C3%9Fe"),
        ("http://例子.测试/中文", "http://xn--fsqu00a.xn--0zwm56d/%E4%B8%AD%E6%96%87"),
        ("example.org:8080/x", "http://example.org:8080/x"),
        ("javascript:alert(1)", None),
        ("JavaScript://example.org/%0aalert(1)", None),
        ("data:text/html,x", None),
        ("ftp://example.org", None),
        ("https://user:pass@example.org", None),
        ("https://good.org@evil.org/", None),
        ("https:///path", None),
        ("https://localhost/", None),
        ("https://exa mple.org", None),
        ("https://example.org/\nx", None),
        ("https://[::1", None),
        ("https://example.org:99999/", None),
        ("//example.org", None),
        ("https://-a.org", None),
        ("https://" + "a" * 64 + ".org", None),
        ("https://example.org/" + "a" * 3000, None),
        ('https://example.org/"onclick=', None),
    ],
)
def test_a_website(text, address):
    if address is None:
        with pytest.raises(ValueError, match="address of a website"):
            website(text)
    else:
        assert website(text) == address
