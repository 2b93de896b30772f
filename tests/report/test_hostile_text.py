"""Whatever stands in a spec or in a file from elsewhere: on GitHub it is letters to be read."""

from html.parser import HTMLParser

import cmarkgfm  # type: ignore[import-untyped]
import pytest
from cmarkgfm.cmark import Options  # type: ignore[import-untyped]
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reconciler.report.inert import cell, code, fenced, label, word
from reconciler.report.markdown import document_markdown
from reconciler.report.text import document_text
from tests.report.documents import MARKER, documents, hostile

OURS = {
    *("p", "strong", "blockquote", "ul", "li", "code", "pre", "details", "summary", "br", "sub"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}


class Page(HTMLParser):
    """What a browser would see: tags with their attributes, and text outside of code."""

    def __init__(self, markdown):
        super().__init__()
        self.tags = []
        self.open = []
        self.outside = ""
        self.inside = ""
        self.cells = []
        options = Options.CMARK_OPT_UNSAFE
        self.feed(cmarkgfm.github_flavored_markdown_to_html(markdown, options=options))
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, tuple(attrs)))
        if tag == "tr":
            self.cells.append(0)
        if tag in ("td", "th"):
            self.cells[-1] += 1
        if tag != "br":
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, tuple(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_comment(self, data):
        raise AssertionError(data)

    def handle_decl(self, decl):
        raise AssertionError(decl)

    def handle_data(self, data):
        if {"code", "pre"} & set(self.open):
            self.inside += data
        else:
            self.outside += data


@given(documents(hostile), st.sampled_from([0, 60_000]))
@settings(max_examples=60)
def test_nothing_of_a_plan_is_anything_but_letters(plan, limit):
    page = Page(document_markdown(plan, limit=limit))
    assert {tag for tag, _ in page.tags} <= OURS
    assert {attributes for _, attributes in page.tags} <= {
        (),
        (("lang", "diff"),),
        (("lang", "mermaid"),),
    }
    assert MARKER not in page.outside
    assert page.open == []


@given(documents(hostile))
@settings(max_examples=60)
def test_no_line_of_the_terminal_is_anybody_else_s(plan):
    text = document_text(plan, width=80)
    assert all(line.isprintable() for line in text.split("\n"))


@given(hostile)
@example("`")
@example(" ` ")
@example("   ")
@example("\\|")
@example("a\\")
def test_a_code_span_holds_its_text_and_nothing_follows_it(text):
    page = Page(f"before {code(text)} after")
    assert page.tags == [("p", ()), ("code", ())]
    assert page.outside.strip() == "before  after"


@given(st.lists(hostile, min_size=3, max_size=3))
@example(["|", "\\|", "\\\\|"])
@example(["a\\", "`|`", "|`"])
def test_a_row_of_a_table_has_its_cells_whatever_they_hold(texts):
    row = " | ".join(map(cell, texts))
    page = Page(f"| a | b | c |\n|---|---|---|\n| {row} |")
    assert page.cells == [3, 3]
    assert [tag for tag, _ in page.tags].count("code") == 3
    assert MARKER not in page.outside


@given(st.lists(hostile, max_size=4))
def test_nothing_closes_a_fence(lines):
    page = Page(fenced(lines, "diff") + "\n\nafter")
    assert [tag for tag, _ in page.tags] == ["pre", "code", "p"]
    assert page.outside.strip() == "after"


@given(hostile)
def test_a_label_ends_where_it_should(text):
    assert set(label(text)) <= set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 +*._,:–→-?"
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("tampa", "tampa"),
        ("tampa-east", "tampa-east"),
        ("deadbeef", "`deadbeef`"),
        ("GH-1", "`GH-1`"),
        ("@octocat", "`@octocat`"),
        ("", "(empty)"),
        ("a`b", "``a`b``"),
        ("`", "`` ` ``"),
        ("x" * 200, "`" + "x" * 119 + "…`"),
    ],
)
def test_a_word_stands_as_it_is_only_where_it_can_mean_nothing_else(text, shown):
    assert word(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [("A|B", r"`A\|B`"), ("a\\|b", r"`a\\x7cb`"), ("\u202e|", r"`\u202e\x7c`")],
)
def test_a_bar_in_a_cell_is_escaped_in_one_of_two_ways(text, shown):
    assert cell(text) == shown
