"""The HTML copies: formulas readable, nothing asked of the network, a front page that tells what happened."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import nbformat
import pytest
from tiny import make_notebook

from toonkit.course.notebooks import find_notebooks
from toonkit.course.outcomes import Outcome, recall, save
from toonkit.course.pages import WIDGET, notebook_html, write_pages

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="


@pytest.fixture
def built(no_run: Path) -> Path:
    """A project with 00_a executed, a figure in it, and 01_b never run."""
    make_notebook(no_run, "00_a", ["1 < 2"], title="Cats & mice")
    make_notebook(no_run, "01_b", title="Second")
    notebook = nbformat.read(no_run / "notebooks" / "00_a.ipynb", as_version=4)
    notebook.cells[0].source += "\n\n$$\\frac{a}{b}$$\n\nA dollar: `$5` and `$6`."
    notebook.cells[2].outputs = [nbformat.v4.new_output("display_data", {"image/png": PNG})]
    target = no_run / "build" / "notebooks" / "00_a.ipynb"
    target.parent.mkdir(parents=True)
    nbformat.write(notebook, target)
    return no_run


def test_a_page_holds_all_it_needs(built: Path) -> None:
    page = notebook_html(built / "build" / "notebooks" / "00_a.ipynb")
    assert re.findall(r'(?:src|href)="(?!data:|#)([^"]*)"', page) == ["../index.html"]
    assert not re.search(r"<script|@import|url\(\s*['\"]?http", page)
    assert "<mfrac><mrow><mi>a</mi></mrow><mrow><mi>b</mi></mrow></mfrac>" in page
    assert "<msup>" in page and "<code>$5</code> and <code>$6</code>" in page


def test_a_widget_shows_its_picture_or_says_that_it_wants_a_kernel(built: Path) -> None:
    """No box on a page is empty: what a browser cannot show without a kernel has something in its place."""
    source = built / "build" / "notebooks" / "00_a.ipynb"
    notebook = nbformat.read(source, as_version=4)
    view = {WIDGET: {"model_id": "a1", "version_major": 2}, "text/plain": "VBox(children=())"}
    notebook.cells[2].outputs = [
        nbformat.v4.new_output("display_data", view | more) for more in ({"image/png": PNG}, {})
    ]
    nbformat.write(notebook, source)
    page = notebook_html(source)
    assert page.count(PNG) == 1 and page.count("wants a kernel") == 1
    assert "VBox(" not in page and WIDGET not in page


def test_the_front_page_tells_what_happened(built: Path) -> None:
    known = find_notebooks(built / "notebooks")
    outcomes = [Outcome("00_a", "failed", 3.2, "In [2]: ValueError: <bad>")]
    page = write_pages(built / "build", known, outcomes).read_text(encoding="utf-8")
    assert '<a href="notebooks/00_a.html">00 Cats &amp; mice</a>' in page
    assert '<span class="badge failed">failed</span> 3 s' in page and "ValueError: &lt;bad&gt;" in page
    assert "data:image/jpeg;base64," in page and "0 of 1 notebooks passed" in page
    assert "Second" in page and "not run" in page and '<div class="picture number">01</div>' in page
    assert (built / "build" / "notebooks" / "00_a.html").exists()


def test_earlier_outcomes_stay_on_the_front_page(built: Path) -> None:
    save(built / "build", Outcome("01_b", "passed", 9.0))
    assert recall(built / "build", "01_b") == Outcome("01_b", "passed", 9.0)
    page = write_pages(built / "build", find_notebooks(built / "notebooks"), [Outcome("00_a", "passed", 1.0)])
    assert "2 of 2 notebooks passed in 10 s" in page.read_text()


def test_links_lead_somewhere(built: Path) -> None:
    record = built / "build" / "runs" / "00_a" / "record.json"
    record.parent.mkdir(parents=True)
    record.write_text("{}")
    page = write_pages(built / "build", find_notebooks(built / "notebooks"), []).read_text()
    links = re.findall(r'href="([^"]*)"', page)
    assert "runs/00_a/record.json" in links
    assert [link for link in links if not (built / "build" / link).exists()] == []


def test_links_lead_to_notebooks_of_any_name(no_run: Path) -> None:
    name = "00_a #1?b 100%41 {seed} é"
    target = no_run / "build" / "notebooks" / f"{name}.ipynb"
    target.parent.mkdir(parents=True)
    target.write_bytes(make_notebook(no_run, name).read_bytes())
    page = write_pages(no_run / "build", find_notebooks(no_run / "notebooks"), []).read_text(encoding="utf-8")
    links = re.findall(r'href="([^"?#]*)"', page)  # what follows ? or # would be no part of the file's name
    assert [unquote(link) for link in links] == [f"notebooks/{name}.html", f"notebooks/{name}.ipynb"]
