"""JupyterLab itself in a browser: a notebook run from its menu, a slider moved by keys, a hole painted, a vote cast."""

from __future__ import annotations

import os
import re
import shutil
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import nbformat
import psutil
import pytest
from voting import make_ballots

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
WAIT = 300_000  # milliseconds that a kernel may take to begin on a busy machine
TOKEN = "only-for-this-test"
SLIDER = """
import torch
from ipywidgets import IntSlider
from toonkit.course.explorer_pictures import labelled_png
from toonkit.course.widgets import explorer

def draw(level: int) -> bytes:
    return labelled_png({"grey": torch.full((1, 3, 40, 40), level / 5 - 1)})

explorer(draw, level=IntSlider(2, min=0, max=10))
"""
HOLES = """
import torch
from toonkit.course.hole_painter import HolePainter

photos = torch.linspace(-1, 1, 32).expand(1, 3, 32, 32)
ways = {"nothing": lambda damaged, holes: damaged}
hole = torch.zeros(32, 32)
hole[:2, :2] = 1
painter = HolePainter(photos, photos, ways, hole=hole)
painter
"""
VOTE = """
from pathlib import Path
from toonkit.course.ballots import Ballots
from toonkit.course.widgets import voter

folders = [Path(name) for name in ("gan_v1", "cycle_v3", "base_v0")]
voter(Ballots(folders, Path("votes.csv"), Path("source")), "me")
"""

pytestmark = pytest.mark.skipif(BROWSER is None, reason="no chromium is installed")


def write_notebook(path: Path, code: str) -> None:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, path)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three small notebooks, and pictures to vote on."""
    place = tmp_path_factory.mktemp("lab")
    make_ballots(place, count=2)
    for name, code in {"slider": SLIDER, "holes": HOLES, "vote": VOTE}.items():
        write_notebook(place / f"{name}.ipynb", code)
    return place


@pytest.fixture(scope="module")
def lab(folder: Path) -> Iterator[str]:
    """The address of a running JupyterLab, whose settings are its own."""
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "jupyter",
        "lab",
        "--no-browser",
        "--allow-root",
        f"--port={port}",
        "--ip=127.0.0.1",
    ]
    command += [f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={folder}"]
    homes = {name: str(folder / "home") for name in ("JUPYTER_CONFIG_DIR", "JUPYTERLAB_SETTINGS_DIR", "IPYTHONDIR")}
    settings = folder / "home" / "@jupyterlab" / "apputils-extension"
    settings.mkdir(parents=True)
    news = '{"fetchNews": "false", "checkForUpdates": false}'  # it asks of none
    (settings / "notification.jupyterlab-settings").write_text(news)
    environment = os.environ | homes | {"JUPYTERLAB_WORKSPACES_DIR": str(folder / "home")}
    with (folder / "log").open("w") as log:
        process = psutil.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
    latest = time.monotonic() + WAIT / 1000
    while not answers(f"http://127.0.0.1:{port}/api?token={TOKEN}"):
        assert process.poll() is None and time.monotonic() < latest, (folder / "log").read_text()
        time.sleep(0.2)
    yield f"http://127.0.0.1:{port}/lab"
    children = process.children(recursive=True)
    process.terminate()
    psutil.wait_procs([process, *children], timeout=20)


def answers(address: str) -> bool:
    try:
        with urlopen(address, timeout=5) as response:
            return response.status == 200
    except (URLError, OSError):
        return False


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as engine:
        started = engine.chromium.launch(executable_path=BROWSER, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def tab(browser: Any, tmp_path: Path) -> Iterator[Any]:
    """A tab that must tell no error; its last look is kept beside the test's files."""
    page = browser.new_context(viewport={"width": 1200, "height": 900}).new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda entry: errors.append(entry.text) if entry.type == "error" else None)
    yield page
    page.screenshot(path=str(tmp_path / "lab.png"))
    page.context.close()
    assert [entry for entry in errors if not harmless(entry)] == []


def harmless(entry: str) -> bool:
    """What JupyterLab tells of servers that this machine has none of, whatever a notebook does."""
    return bool(
        re.search(r"Failed to load resource.*(404|403)|Fetching (news|announcement)|No settings registry", entry)
    )


def run_all(tab: Any, lab: str, name: str) -> Any:
    """Open a notebook, run all its cells, and return the output of its only cell."""
    tab.goto(f"{lab}/tree/{name}.ipynb?token={TOKEN}&reset")
    tab.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=WAIT)  # before, the menu has no notebook
    tab.get_by_role("menuitem", name="Run", exact=True).click(timeout=WAIT)
    tab.get_by_text("Run All Cells", exact=True).click(timeout=WAIT)
    output = tab.locator(".jp-OutputArea-output .widget-vbox, .jp-OutputArea-output .jupyter-widgets").first
    output.wait_for(timeout=WAIT)
    return output


def source_of(picture: Any) -> str:
    return picture.evaluate("one => one.src")


def wait_for_another(tab: Any, picture: Any, known: str) -> None:
    tab.wait_for_function("([one, known]) => one.src !== known", arg=[picture.element_handle(), known], timeout=WAIT)


def test_a_slider_moved_by_keys_changes_the_picture(lab: str, tab: Any) -> None:
    """There and back: the same pixels; and the slider says what it is and where it stands."""
    output = run_all(tab, lab, "slider")
    picture, handle = output.locator("img.widget-image"), output.locator(".noUi-handle")
    picture.wait_for(timeout=WAIT)
    tab.wait_for_timeout(500)  # the picture is decoded
    before, known = picture.screenshot(), source_of(picture)
    handle.focus()
    tab.keyboard.press("ArrowRight")
    wait_for_another(tab, picture, known)
    assert handle.get_attribute("role") == "slider" and float(handle.get_attribute("aria-valuenow")) == 3
    assert output.locator(".widget-label").inner_text() == "level"
    changed, known = picture.screenshot(), source_of(picture)
    assert changed != before
    tab.keyboard.press("ArrowLeft")
    wait_for_another(tab, picture, known)
    tab.wait_for_timeout(300)
    assert picture.screenshot() == before


def test_a_hole_is_painted_by_keys_and_by_the_mouse(lab: str, tab: Any) -> None:
    output = run_all(tab, lab, "holes")
    canvas, picture = output.locator("canvas.toonkit-holes"), output.locator("img.widget-image")
    output.get_by_text("0% of the picture is missing").wait_for(timeout=WAIT)
    assert "Space paints" in canvas.get_attribute("aria-label")
    seen, known = canvas.screenshot(), source_of(picture)
    canvas.focus()
    for key in ("Enter", "ArrowRight", "ArrowRight", "Shift+ArrowDown", "Enter", "ArrowUp"):
        tab.keyboard.press(key)
    # a brush of 6 goes two pixels to the right, and four down: 6 x 8 and 4 x 6 more than the 4 of before
    output.get_by_text(f"{round(100 * (6 * 8 + 4 * 6 + 4) / 32**2)}% of the picture is missing").wait_for(timeout=WAIT)
    wait_for_another(tab, picture, known)
    assert canvas.screenshot() != seen
    assert "row 20, column 19" in output.locator("[aria-live=polite]").inner_text()
    box, known = canvas.bounding_box(), source_of(picture)
    tab.mouse.move(box["x"] + 10, box["y"] + box["height"] - 10)
    tab.mouse.down()
    tab.mouse.move(box["x"] + box["width"] - 10, box["y"] + box["height"] - 10, steps=5)
    tab.mouse.up()
    wait_for_another(tab, picture, known)
    share = int(re.search(r"(\d+)% of the picture", output.inner_text())[1])
    assert 20 <= share <= 26  # 7 %, and a stroke across the bottom
    output.get_by_role("button", name="Clear").click()
    output.get_by_text("Paint a hole: drag over").wait_for(timeout=WAIT)


def test_a_vote_is_cast_in_the_notebook(lab: str, tab: Any, folder: Path) -> None:
    output = run_all(tab, lab, "vote")
    for number in (1, 2):
        tab.get_by_text(f"Picture {number} of 2, me").wait_for(timeout=WAIT)
        output.get_by_role("button", name="Picture 2").press("Enter")  # by keys alone
    tab.get_by_text("all done").wait_for(timeout=WAIT)
    assert (folder / "votes.csv").read_text(encoding="utf-8").count(",me,") == 2
