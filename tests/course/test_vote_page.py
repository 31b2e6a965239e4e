"""The page to vote on, over loopback: what it shows, what it keeps, what it refuses."""

from __future__ import annotations

import http.client
import io
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from toonkit.course.ballots import Ballots, Refused
from toonkit.course.vote_page import VoteServer
from toonkit.project.errors import ToonkitError

MODELS = ("gan_v1", "cycle_v3", "base")
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[VoteServer]:
    for name in (*MODELS, "source"):
        (tmp_path / name).mkdir()
        for number in range(4):
            Image.new("RGB", (8, 6), (len(name) * 20, 0, 0)).save(tmp_path / name / f"{number}.png")
    ballots = Ballots([tmp_path / name for name in MODELS], tmp_path / "votes.csv", tmp_path / "source")
    with VoteServer(ballots) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


def ask(server: VoteServer, method: str, path: str, body: str | None = None, **headers: str) -> tuple[int, str, bytes]:
    """Status, where to go next, and content."""
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=20)
    connection.request(method, path, body, {**(FORM if body is not None else {}), **headers})
    answer = connection.getresponse()
    found = answer.status, answer.headers.get("Location", ""), answer.read()
    connection.close()
    return found


def vote_on_all(server: VoteServer, reviewer: str, place: int) -> int:
    """Follow the page from ballot to ballot as a browser does; return the number of votes."""
    path, votes = f"/?reviewer={reviewer}", 0
    while True:
        status, _, page = ask(server, "GET", path)
        number = re.search(r'name="number" value="(\d+)"', page.decode())
        assert status == 200
        if not number:
            assert b"you have voted on all pictures" in page
            return votes
        status, path, _ = ask(server, "POST", "/vote", f"reviewer={reviewer}&number={number[1]}&place={place}")
        assert status == 303
        votes += 1


def test_two_reviewers_at_once(server: VoteServer) -> None:
    counts = []
    jobs = [("Ann", 1), ("Bo%20B", 3)]
    threads = [threading.Thread(target=lambda job=job: counts.append(vote_on_all(server, *job))) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    votes = server.ballots.votes()
    assert counts == [4, 4] and {vote.reviewer for vote in votes} == {"Ann", "Bo B"}
    assert all(vote.choice == vote.shown[0 if vote.reviewer == "Ann" else 2] for vote in votes) and len(votes) == 8


def test_a_ballot_shows_pictures_and_no_names(server: VoteServer) -> None:
    _, _, page = ask(server, "GET", "/?reviewer=Ann%27s")
    links = [link.replace("&amp;", "&") for link in re.findall(r'img src="([^"]+)"', page.decode())]
    assert len(links) == 4 and b"Ann&#x27;s" in page and b"//" not in page.replace(b"http://127.0.0.1", b"")
    assert not any(name.encode() in page for name in (*MODELS, "png"))
    shown = server.ballots.next("Ann's").shown
    seen = [Image.open(io.BytesIO(ask(server, "GET", link)[2])).getpixel((0, 0))[0] for link in links]
    assert seen == [20 * len(name) for name in ("source", *shown)]


def test_the_first_page_asks_for_a_name_or_knows_it(server: VoteServer) -> None:
    assert b"Your name" in ask(server, "GET", "/")[2]
    server.reviewer = "Cy"
    assert b"Cy, picture 1 of 4" in ask(server, "GET", "/")[2]


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "words"),
    [
        ("GET", "/nothing", None, 404, "no page"),
        ("GET", "/..%2f..%2fetc", None, 404, "no page"),
        ("GET", "/vote?reviewer=Ann&number=1&place=1", None, 405, "/vote answers POST only"),
        ("POST", "/", "reviewer=Ann", 405, "answers GET only"),
        ("DELETE", "/vote", None, 405, "answers POST only"),
        ("GET", "/?reviewer=%3Cscript%3E", None, 400, "&lt;script&gt;"),
        ("GET", "/picture?reviewer=Ann&number=9&place=1", None, 404, "pictures 1 to 4, not 9"),
        ("GET", "/picture?reviewer=Ann&number=1&place=4", None, 404, "places 1 to 3, not 4"),
        ("GET", "/picture?reviewer=Ann&number=1&place=x", None, 400, "place must be a whole number"),
        ("POST", "/vote", "reviewer=Ann&number=1&place=4", 400, "choose a picture from 1 to 3, not 4"),
        ("POST", "/vote", "reviewer=Ann&number=1&place=0", 400, "choose a picture from 1 to 3, not 0"),
        ("POST", "/vote", "reviewer=Ann&number=%C2%B2&place=1", 400, "number must be a whole number"),
        ("POST", "/vote", "&".join("abcdefghijklmno"), 400, "more than a vote says"),
        ("POST", "/vote", "x" * 1001, 413, "at most 1000 bytes"),
    ],
)
def test_bad_requests_are_told_in_a_sentence(server: VoteServer, method, path, body, status, words) -> None:
    found, _, page = ask(server, method, path, body)
    assert (found, words in page.decode()) == (status, True)
    assert server.ballots.votes() == []


def test_other_sites_cannot_vote_or_look(server: VoteServer) -> None:
    vote = "reviewer=Ann&number=1&place=1"
    assert ask(server, "POST", "/vote", vote, Origin="http://example.org")[0] == 403
    assert ask(server, "GET", "/?reviewer=Ann", Host="example.org")[0] == 403
    assert ask(server, "POST", "/vote", vote, **{"Content-Length": "many"})[0] == 411
    assert server.ballots.votes() == []
    assert ask(server, "POST", "/vote", vote, Origin=server.address.rstrip("/"))[0] == 303
    assert ask(server, "POST", "/vote", vote)[0] == 409
    assert server.server_address[0] == "127.0.0.1"


def test_what_breaks_here_is_told_in_the_terminal_only(server: VoteServer, capsys: pytest.CaptureFixture[str]) -> None:
    ballot = server.ballots.next("Ann")
    (server.ballots.folders[ballot.shown[0]] / ballot.picture).write_bytes(b"no picture")
    status, _, page = ask(server, "GET", f"/picture?reviewer=Ann&number={ballot.number}&place=1")
    assert status == 500 and ballot.shown[0].encode() not in page and ballot.shown[0] in capsys.readouterr().err


def test_a_bad_start_is_refused(server: VoteServer) -> None:
    for port in (server.server_port, 99999):
        with pytest.raises(ToonkitError, match=f"cannot serve at port {port}"):
            VoteServer(server.ballots, port=port)
    with pytest.raises(Refused, match="1 to 40 letters"):
        VoteServer(server.ballots, reviewer="<b>")
