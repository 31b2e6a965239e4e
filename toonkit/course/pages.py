"""The executed course as HTML that needs no network: a page for each notebook and a front page."""

from __future__ import annotations

import base64
import html
import io
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from toonkit.course.notebooks import Notebook
from toonkit.course.outcomes import GOOD, Outcome, recall
from toonkit.project.records import write_bytes

HERE = Path(__file__).parent / "templates"
WIDGET = "application/vnd.jupyter.widget-view+json"
NO_KERNEL = "*Here is a widget. It wants a kernel: open the notebook in JupyterLab.*"
# What a page shows of an output, best first. A widget wants a kernel: of that its picture is shown.
SHOWN = ["text/html", "text/markdown", "image/svg+xml", "text/latex", "image/png", "image/jpeg", "text/plain"]
SHOWN_WITHOUT_KERNEL = set(SHOWN) - {"text/plain"}
THUMBNAIL = (360, 200)  # pixels


def write_pages(build: Path, known: Mapping[str, Notebook], outcomes: Iterable[Outcome]) -> Path:
    """Write a page for each executed notebook that has no fresh one, and build/index.html; return the latter."""
    earlier = {name: recall(build, name) for name in known}
    results = {name: outcome for name, outcome in earlier.items() if outcome is not None}
    results |= {outcome.name: outcome for outcome in outcomes}
    for name in known:
        page = _page(build, name)
        source = _page(build, name, ".ipynb")
        if source.exists() and (not page.exists() or page.stat().st_mtime < source.stat().st_mtime):
            write_bytes(page, notebook_html(source, depth=1 + name.count("/")).encode())
    chapters = [name for name in known if "/" not in name]
    cards = "\n".join(_card(build, known[name], results) for name in chapters)
    good = sum(outcome.status in GOOD for outcome in results.values())
    seconds = sum(outcome.seconds for outcome in results.values())
    line = f"{good} of {len(results)} notebooks passed in {seconds:.0f} s of work"
    front = (HERE / "index.html").read_text(encoding="utf-8").replace("{{line}}", line).replace("{{cards}}", cards)
    write_bytes(build / "index.html", front.encode())
    return build / "index.html"


def notebook_html(path: Path, depth: int = 1) -> str:
    """One executed notebook as a page with all inside, its formulas as MathML, `depth` folders below the front page."""
    import nbformat
    from nbconvert.exporters.html import HTMLExporter
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

    class Renderer(IPythonRenderer):
        def block_math(self, body: str) -> str:
            return _mathml(body, "block")

        def inline_math(self, body: str) -> str:
            return _mathml(body, "inline")

    class Exporter(HTMLExporter):
        @property
        def default_config(self) -> Any:
            found = super().default_config
            found.NbConvertBase.display_data_priority = SHOWN
            return found

    template = (HERE / "notebook.html").read_text(encoding="utf-8").replace("{{front}}", "../" * depth + "index.html")
    exporter = Exporter(raw_template=template)
    exporter.register_filter("markdown2html", lambda text: MarkdownWithMath(Renderer(escape=False)).render(text))
    notebook = nbformat.read(path, as_version=4)
    for output in (output for cell in notebook.cells for output in cell.get("outputs", [])):
        data = output.get("data", {})
        if WIDGET in data and not SHOWN_WITHOUT_KERNEL & data.keys():
            data["text/markdown"] = NO_KERNEL
    return exporter.from_notebook_node(notebook, {"metadata": {"name": path.stem}})[0]


def _mathml(formula: str, display: str) -> str:
    from latex2mathml.converter import convert

    return convert(formula.strip(), display=display)


def _page(build: Path, name: str, suffix: str = ".html") -> Path:
    return build / "notebooks" / f"{name}{suffix}"


def _card(build: Path, notebook: Notebook, results: Mapping[str, Outcome]) -> str:
    """A chapter on the front page: its picture, title, status, time, links, and its exercises'."""
    own = results.get(notebook.name)
    exercises = results.get(f"exercises/{notebook.name}")
    number = html.escape(notebook.name.split("_")[0])
    title = html.escape(notebook.title)
    title = _link(build, f"notebooks/{notebook.name}.html", title) or title
    badges = _badge(own)
    if exercises:
        badges += _badge(exercises, "exercises: ")
    note = html.escape(own.note) if own else ""
    links = [
        _link(build, f"notebooks/{notebook.name}.ipynb", "executed notebook"),
        _link(build, f"notebooks/exercises/{notebook.name}.html", "exercises"),
        _link(build, f"runs/{notebook.name}/record.json", "record"),
        _link(build, f"runs/{notebook.name}/figures", "figures"),
    ]
    return (
        f"<article>{_thumbnail(_page(build, notebook.name, '.ipynb'), number)}<div><h2>{title}</h2>"
        f'<p>{badges}</p><p class="note">{note}</p><p class="links">{" ".join(filter(None, links))}</p></div></article>'
    )


def _link(build: Path, place: str, text: str) -> str:
    """A link from the front page to what is at `place` in the build folder, or an empty text where nothing is."""
    return f'<a href="{html.escape(quote(place))}">{text}</a>' if (build / place).exists() else ""


def _badge(outcome: Outcome | None, words: str = "") -> str:
    if outcome is None:
        return '<span class="badge">not run</span>'
    return f'<span class="badge {outcome.status}">{words}{outcome.status}</span> {outcome.seconds:.0f} s '


def _thumbnail(path: Path, number: str) -> str:
    """The notebook's first figure, small, or its number where it has none."""
    from PIL import Image

    cells = json.loads(path.read_text(encoding="utf-8"))["cells"] if path.exists() else []
    data = [entry["data"] for cell in cells for entry in cell.get("outputs", []) if "data" in entry]
    first = next((entry["image/png"] for entry in data if "image/png" in entry), None)
    if first is None:
        return f'<div class="picture number">{number}</div>'
    buffer = io.BytesIO()
    with Image.open(io.BytesIO(base64.b64decode("".join(first)))) as image:
        small = image.convert("RGB")
    small.thumbnail((2 * THUMBNAIL[0], 2 * THUMBNAIL[1]))
    small.save(buffer, format="JPEG", quality=85)
    code = base64.b64encode(buffer.getvalue()).decode()
    return f'<div class="picture"><img alt="a figure of notebook {number}" src="data:image/jpeg;base64,{code}"></div>'
