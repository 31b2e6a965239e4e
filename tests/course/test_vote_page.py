"""The page to vote on, served by voila on loopback: what it shows, keeps and refuses; in a browser if there is one."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from voting import COLOURS, colour, make_ballots

from toonkit import cli
from toonkit.course.ballots import Ballots
from toonkit.course.vote_page import serve
from toonkit.project.errors import ToonkitError

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
WAIT = 90_000  # milliseconds that a kernel may take to begin on a busy machine


@pytest.fixture(scope="module")
def ballots(tmp_path_factory: pytest.TempPathFactory) -> Ballots:
    return make_ballots(tmp_path_factory.mktemp("vote") / "{seed} 100% #é", count=3)


@pytest.fixture(scope="module")
def server(ballots: Ballots) -> Iterator[tuple[psutil.Popen, str]]:
    """A running `toonkit vote` and its address."""
    folders = [str(folder) for folder in ballots.folders.values()]
    command = [sys.executable, "-m", "toonkit", "vote", *folders, "-o", "votes.csv", "--source", str(ballots.source)]
    log = ballots.path.parent / "log"
    with log.open("w") as stream:
        process = psutil.Popen(command, cwd=log.parent, stdout=subprocess.PIPE, stderr=stream, text=True)
    found = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
    assert found, log.read_text()
    yield process, found[0]
    print(log.read_text())
    if process.is_running():
        process.kill()
    process.communicate()


def ask(address: str, path: str, **headers: str) -> tuple[int, dict[str, str], str]:
    """Status, headers and content of a page."""
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=WAIT / 1000)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    found = answer.status, dict(answer.headers), answer.read().decode(errors="replace")
    connection.close()
    return found


def test_the_page_tells_no_model_and_loads_nothing_from_elsewhere(server: tuple, ballots: Ballots) -> None:
    status, headers, page = ask(server[1], "/")
    assert status == 200 and "jupyter-config-data" in page and "vnd.voila.cell-output" in page
    assert not any(word in page for word in (*COLOURS, "votes.csv", ballots.path.parent.name, "vote_page"))
    policy = dict(entry.strip().split(" ", 1) for entry in headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'self' data: blob:"
    sources = " ".join(value for name, value in policy.items()).split()
    assert not any("//" in source for source in sources if not re.match(r"ws://(127\.0\.0\.1|localhost):", source))


def test_other_machines_and_sites_are_refused(server: tuple) -> None:
    process, address = server
    listening = [entry.laddr for entry in process.net_connections("tcp") if entry.status == psutil.CONN_LISTEN]
    assert [(place.ip, f"http://{place.ip}:{place.port}") for place in listening] == [("127.0.0.1", address)]
    assert ask(address, "/", Host="example.org")[0] == 403
    assert ask(address, "/api/kernels", Host="example.org")[0] in (403, 404)


@pytest.mark.parametrize("path", ["base_v0/0.png", "../base_v0/0.png", "%2e%2e/votes.csv", "vote.ipynb", "/etc/passwd"])
def test_no_file_is_served(server: tuple, path: str) -> None:
    assert ask(server[1], f"/voila/files/{path}")[0] in (403, 404)


@pytest.mark.skipif(BROWSER is None, reason="no chromium is installed")
def test_two_reviewers_vote_in_a_browser(server: tuple, ballots: Ballots) -> None:
    """Ann presses keys and Bo clicks, in two tabs at once; what each saw is what is kept."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        asked: list[str] = []
        told: list[Any] = []
        tabs = {name: open_page(browser, server[1], name, asked, told) for name in ("Ann", "Bo")}
        chosen = []
        for number in range(1, 4):
            for name, tab in tabs.items():
                tab.get_by_text(f"Picture {number} of 3, {name}").wait_for(timeout=WAIT)
                chosen.append((name, seen(tab, 2)))
                tab.wait_for_timeout(500)  # a second press at once would not count
                if name == "Ann":
                    tab.keyboard.press("2")
                else:
                    tab.locator(".toonkit-choice img").nth(1).dblclick()
        for tab in tabs.values():
            tab.get_by_text("all done").wait_for(timeout=WAIT)
        browser.close()
    votes = sorted(ballots.votes(), key=lambda vote: vote.reviewer)
    assert [(vote.reviewer, COLOURS[vote.choice]) for vote in votes] == sorted(chosen, key=lambda entry: entry[0])
    assert all(vote.choice == vote.shown[1] for vote in votes)
    assert {url.split("/")[2] for url in asked} == {server[1].removeprefix("http://")}
    words = [entry if isinstance(entry, bytes) else entry.encode() for entry in told]
    assert len(words) > 6 and not any(name.encode() in entry for name in (*COLOURS, "votes.csv") for entry in words)


def open_page(browser: Any, address: str, reviewer: str, asked: list[str], told: list[Any]) -> Any:
    """A tab whose reviewer has said who they are; `asked` gets what it loads, `told` what its kernel sends."""
    tab = browser.new_page()
    tab.on("response", lambda response: asked.append(response.url) if response.url.startswith("http") else None)
    tab.on("websocket", lambda socket: socket.on("framereceived", lambda frame: told.append(frame)))
    tab.goto(address)
    tab.get_by_placeholder("Your name").fill(reviewer, timeout=WAIT)
    tab.keyboard.press("Enter")
    return tab


def seen(tab: Any, place: int) -> tuple[int, ...]:
    """The colour of the picture that a tab shows at a place."""
    return colour(tab.locator(".toonkit-choice img").nth(place - 1).screenshot())


def test_ending_it_ends_its_kernels_and_leaves_nothing(server: tuple) -> None:
    process, address = server
    if not process.children():
        ask(address, "/")
    kernels = process.children(recursive=True)
    folders = [Path(kernel.cwd()) for kernel in kernels if "ipykernel_launcher" in " ".join(kernel.cmdline())]
    assert folders and all(folder.name.startswith("toonkit-page-") for folder in folders)
    process.terminate()
    assert process.wait(timeout=60) == 130
    _, alive = psutil.wait_procs(kernels, timeout=10)
    assert alive == [] and not any(folder.exists() for folder in folders)


def test_a_bad_start_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ballots = make_ballots(tmp_path, count=1)
    with pytest.raises(ToonkitError, match="cannot serve at port 99999"):
        serve(ballots, port=99999)
    arguments = ["vote", *map(str, ballots.folders.values()), "-o", str(ballots.path), "--reviewer", "<b>"]
    assert cli.main(arguments) == 2
    assert "1 to 40 letters" in capsys.readouterr().err


def test_a_port_in_use_is_refused(server: tuple, tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "http.server", "0", "--bind", "127.0.0.1"],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as other:
        port = int(re.search(r"port (\d+)", other.stdout.readline())[1])
        with pytest.raises(ToonkitError, match=f"cannot serve at port {port}.*--port"):
            serve(make_ballots(tmp_path, count=1), port=port)
        other.kill()
