"""The loss explorer as a page: sliders moved in a browser, by mouse and keys; a setting applied; nothing goes wrong."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

import psutil
import pytest
from ipywidgets import Label

from toonkit.chapters.explored import EXPLORED
from toonkit.course.explorer_page import page, serve_explorer
from toonkit.course.loss_explorer import LossExplorer
from toonkit.project.errors import ToonkitError

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
WAIT = 90_000  # milliseconds that a kernel may take to begin on a busy machine


def test_a_tab_for_each_released_generator(tmp_path: Path) -> None:
    made = page(str(tmp_path))
    here = [one.title for one in EXPLORED if one.is_here]
    assert list(made.titles) == here and len(made.children) == len(here)


def test_a_generator_is_loaded_when_its_tab_is_opened(tmp_path: Path) -> None:
    made = page(str(tmp_path))
    first, second = (made.children[place] for place in (0, 1))
    assert isinstance(first.children[0], LossExplorer) and isinstance(second.children[0], Label)
    made.selected_index = 1
    explorer = second.children[0]
    assert isinstance(explorer, LossExplorer) and explorer.explored.title == made.titles[1]
    made.selected_index = 0
    made.selected_index = 1
    assert second.children[0] is explorer  # it keeps its setting


def test_without_any_generator_the_page_says_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("toonkit.chapters.explored.released", lambda name: tmp_path / name)
    with pytest.raises(ToonkitError, match=r"none of projected-faces_controlled, .* is in data/weights"):
        serve_explorer(tmp_path)


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """The address of a running `toonkit explore`."""
    with (tmp_path / "log").open("w") as stream:
        command = [sys.executable, "-m", "toonkit", "explore"]
        process = psutil.Popen(command, stdout=subprocess.PIPE, stderr=stream, text=True)
    found = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
    assert found, (tmp_path / "log").read_text()
    yield found[0]
    process.terminate()
    process.communicate(timeout=30)


@pytest.mark.skipif(BROWSER is None, reason="no chromium is installed")
def test_sliders_redraw_the_picture_in_a_browser(address: str, tmp_path: Path) -> None:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        tab = browser.new_page(viewport={"width": 1300, "height": 1000})
        errors: list[str] = []
        tab.on("pageerror", lambda error: errors.append(str(error)))
        tab.goto(address)
        tab.get_by_text("Train for a minute").first.wait_for(timeout=WAIT)
        panel = tab.locator(".widget-tab-contents, .jupyter-widget-tab-contents").first
        slider = panel.locator(".noUi-handle").first
        slider.focus()
        before = drawn(tab)
        waits = []
        for key in ["ArrowRight"] * 10 + ["ArrowLeft"] * 10:  # by keys alone
            known = tab.evaluate(DRAWN)
            started = time.perf_counter()
            tab.keyboard.press(key)
            tab.wait_for_function(f"known => {DRAWN} !== known", arg=known, timeout=WAIT)
            waits.append(1000 * (time.perf_counter() - started))
        print(f"slider to picture: median {median(waits):.0f} ms of {len(waits)}")
        assert drawn(tab) == before  # there and back
        field = panel.locator("input[type=text]").first
        line = field.input_value()
        assert '"factors"' in line
        name = re.search(r'"factors": \{"(\w+)"', line)[1]
        field.fill(re.sub(rf'"{name}": [\d.]+', f'"{name}": 2.0', line))
        known = tab.evaluate(DRAWN)
        field.press("Enter")
        tab.wait_for_function(f"known => {DRAWN} !== known", arg=known, timeout=WAIT)
        tab.screenshot(path=str(tmp_path / "page.png"))
        panel.get_by_role("button", name="Train for a minute").click()  # of the open tab
        panel.get_by_text(re.compile(r"step \d+ of 240")).wait_for(timeout=WAIT)
        panel.get_by_role("button", name="Stop").click()
        panel.get_by_text(re.compile("^(stopped|done)")).wait_for(timeout=WAIT)
        browser.close()
    assert errors == []
    assert median(waits) < 2000  # milliseconds, on a machine however busy


IMAGES = "[...document.querySelectorAll('img.widget-image')].filter(one => one.offsetParent)"  # of the open tab
DRAWN = f"{IMAGES}.at(1).src"  # after the curve


def drawn(tab: Any) -> bytes:
    """The drawn picture as the open tab shows it."""
    return tab.locator("img.widget-image:visible").nth(1).screenshot()
