import re
import sys

import nh3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker import markdown
from tracker.markdown import clean_text, plain, render

LENGTH = 20_000
# After the pathological tests of the CommonMark projects: what makes some parser slow or deep.
FLOODS = [
    *(
        "[",
        "![",
        "[]",
        "[a](",
        "[a](b",
        "[a](<b",
        "[a](b) ",
        "[a][",
        "](",
        '[a](b "',
        "[a]: b\n\n",
        "[[a]](b)",
    ),
    *(
        ">",
        "> ",
        ">\n",
        "> > > a\n",
        "- ",
        "* ",
        "1. ",
        "- a\n\n",
        "- a\n    - b\n",
        "> - ",
        "- ```\n",
        "- > ",
    ),
    *("*", "*a ", "*a", "**a ", "a**b", "*a_ ", "_a ", "*a **a ", "***a", "**a* ", "*_"),
    *("`", "`a", "` `` ```  ", "```\n", "~~~a\n", "```a\n\n"),
    *("<", "<a ", "</", "<!--", "<?", "<![CDATA[", "<div>\n", "<http:", "<a@"),
    *("&", "&#", "&amp;", "\\", "\\[", "|", "a|b\n", "a|b\n-|-\n", "|-|\n", "`|"),
    *("#", "# a\n", "a #", "a\n=\n", "---\n", "- - - ", " ", "\t", "\n", "x  \n", "    x\n\n", "a", "\n    "),
    *("http://", "http://a.co ", "a.", "www.", "a.com", "(http://a.co/(", "a@b.co ", "a:", "\u0301\u0323"),
]


def test_what_people_write():
    html = render("## Aim\n### How\n\nWith *partners*:\n\n- one\n- two\n\n|a|b|\n|-|-|\n|1|2|\n\n```\nx < 1\n```")
    assert "<h3>Aim</h3>\n<h4>How</h4>" in html
    assert "<em>partners</em>" in html
    assert "<li>one</li>" in html
    assert "<td>1</td>" in html
    assert "<pre><code>x &lt; 1\n</code></pre>" in html


@pytest.mark.parametrize("text", ["http://a.org/x_y_z", "<https://a.org/x_y_z>", "see www.a.org.", "[a](http://a.org)"])
def test_addresses_become_links_that_lend_no_weight(text):
    assert re.search(r'<a href="https?://(www\.)?a\.org[^"]*" rel="nofollow noopener noreferrer">', render(text))


def test_an_address_in_code_stays_code():
    assert "<a" not in render("`http://a.org`\n\n    www.a.org\n")


def test_an_image_becomes_a_link():
    assert render("![map](http://a.org/m.png)") == (
        '<p><a href="http://a.org/m.png" rel="nofollow noopener noreferrer">map</a></p>'
    )


@pytest.mark.parametrize("text", ["# a", "a\n=", "## a\n# b\n###### c"])
def test_headings_stay_below_those_of_the_page(text):
    assert not re.search("<h[1256]", render(text))
    assert "<h3>" in render(text)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[a](javascript:alert(1))",
        "[a](JaVaScRiPt:alert(1))",
        "[a](&#106;avascript:alert(1))",
        "[a](java\tscript:alert(1))",
        "[a](data:text/html,<script>)",
        "<javascript:alert(1)>",
        "![a](javascript:alert(1))",
        '[a](http://a.org" onclick="alert(1))',
        '[a](http://a.org "x\\" onclick=alert(1)")',
        "[a]: javascript:alert(1)\n\n[a][a]",
        '```"><script>\nx\n```',
        "<http://a.org/\"onclick='x'>",
    ],
)
def test_nothing_runs(text):
    assert_safe(render(text))


def assert_safe(html):
    assert set(re.findall(r"</?([a-z0-9]+)", html)) <= markdown.ALLOWED_TAGS
    for tag in re.findall(r"<[a-z][^>]*>", html):
        names = re.findall(r'\s([a-z-]+)="[^"]*"', tag)
        assert set(names) <= {"href", "title", "rel", "start"}, tag
        assert not re.search(r'href="\s*(?!https?:|mailto:)[a-z+.-]+:', tag, re.IGNORECASE), tag


MARKUP = st.sampled_from(
    [
        *(
            "[",
            "](",
            ")",
            "![",
            "<",
            ">",
            "<script>",
            "javascript:",
            "http://a.co/",
            "a.org",
            "&",
            "&#106;",
            '"',
        ),
        *("'", "`", "```\n", "*", "_", "\n", "\n\n", "    ", "- ", "1. ", "> ", "|", "|-|-|\n", "# ", "\\"),
        *("onclick=", '"', "a", "ا", "\0"),
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.lists(MARKUP, max_size=40).map("".join), st.text(max_size=60)))
def test_any_text_comes_out_safe_and_the_guard_would_not_touch_it_again(text):
    html = render(text)
    assert_safe(html)
    again = nh3.clean(
        html,
        tags=markdown.ALLOWED_TAGS,
        attributes=markdown.ALLOWED_ATTRIBUTES,
        url_schemes=markdown.ALLOWED_SCHEMES,
        link_rel="nofollow noopener noreferrer",
    )
    assert again == html


def work(text):
    """How many lines of Python run to render `text`: what a slow day of the machine cannot change."""
    lines = 0

    def count(_frame, event, _argument):
        nonlocal lines
        lines += event == "line"
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        render(text)
    finally:
        sys.settrace(before)
    return lines


@pytest.mark.parametrize("flood", FLOODS, ids=repr)
def test_no_text_takes_long(flood):
    text = (flood * LENGTH)[:LENGTH]
    assert work(text) < 250 * LENGTH


@pytest.mark.parametrize(
    "text",
    [
        "[" * 9_999 + "a" + "]" * 9_999,
        "*_" * 5_000 + "a" + "_*" * 5_000,
        "".join(" " * (4 * depth) + "- a\n" for depth in range(98)),
        "".join("e" + "`" * count for count in range(200)),
        "|" * 3_000 + "\n" + "-|" * 3_000 + "\n" + "|" * 3_000,
        "* " * 9_999 + "x",
        "[a](" * 4_999 + ")",
        "[a](" * 3_000 + ")" * 3_000,
        "[a](b" * 2_000 + ")" * 2_000,
    ],
    ids=[
        "nested brackets",
        "nested emphasis",
        "nested lists",
        "backticks",
        "wide table",
        "stars",
        "one link",
        "nested links",
        "nested links with text",
    ],
)
def test_no_deep_text_takes_long(text):
    assert work(text) < 250 * LENGTH


def test_stray_brackets_are_shown_as_written():
    assert render("a [b c] d] [[[[[[x](http://a.org)") == "<p>a [b c] d] [[[[[[x](" + link("http://a.org", ")") + "</p>"


def link(address, after=""):
    return f'<a href="{address}" rel="nofollow noopener noreferrer">{address}</a>{after}'


def test_text_is_cleaned_of_what_cannot_be_stored():
    assert clean_text("a\0b\ud800c\r\nd\re\x85f\tg\ufffe") == "abc\nd\ne\nf\tg"
    assert clean_text("e\u0301") == "é"
    assert len(clean_text("e" + "\u0323\u0301" * 5_000)) < 40


def test_a_short_extract():
    assert plain("# Title\n\nSome *words* & [more](http://a.org) here") == "Title Some words & more here"
    assert plain("word " * 100, 30) == "word word word word word…"
    assert len(plain("字" * 300, 50)) == 50
    assert plain("") == ""
