"""Captions of CSV tables, and of a vision service that answers rightly, wrongly, late, or not at all."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import torch

from toonkit.images import write_picture
from toonkit.images.caption_files import read_caption_csv
from toonkit.images.caption_service import KEY, Service, caption_pictures, estimate
from toonkit.images.captions import read_captions
from toonkit.project.errors import SourceError, ToonkitError

Answer = Callable[[BaseHTTPRequestHandler, dict], None]


def say(text: object, status: int = 200, ended: str = "stop") -> Answer:
    """An answer in the form of chat completions."""
    return raw(json.dumps({"choices": [{"message": {"content": text}, "finish_reason": ended}]}).encode(), status)


def raw(body: bytes, status: int = 200) -> Answer:
    def answer(handler: BaseHTTPRequestHandler, _: dict) -> None:
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def stalls(handler: BaseHTTPRequestHandler, _: dict) -> None:
    time.sleep(2)


def drips(handler: BaseHTTPRequestHandler, _: dict) -> None:
    """A body that comes a byte at a time, so that no piece of it is ever late."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    for _ in range(40):
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.05)


@pytest.fixture
def service(monkeypatch) -> Iterator[tuple[list[Answer], list[dict], Service]]:
    """Answers to give in turn (the last for good), the questions that came, and the service that gives them."""
    answers: list[Answer] = [say("A cat sits on a sofa.")]
    questions: list[dict] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            questions.append(body | {"path": self.path, "key": self.headers["Authorization"]})
            answer = answers.pop(0) if len(answers) > 1 else answers[0]
            with suppress(OSError):  # the other side has hung up
                answer(self, body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    monkeypatch.setenv(KEY, "a-secret")
    address = f"http://127.0.0.1:{server.server_address[1]}/v1"
    yield answers, questions, Service(address, "a-model", 2.5, 10.0, timeout=0.5)
    server.shutdown()
    server.server_close()


@pytest.fixture
def paths(tmp_path) -> list[Path]:
    for number in range(3):
        write_picture(tmp_path / f"{number}.png", torch.full((3, 8, 8), number / 4))
    return sorted(tmp_path.glob("*.png"))


def yes(_: object) -> bool:
    return True


def test_the_bill_is_told_before_anything_is_asked(service, paths, tmp_path) -> None:
    _, questions, asked = service
    bill = estimate(asked, 1200)
    assert bill.dollars == pytest.approx(1200 * (400 * 2.5 + 40 * 10) / 1e6) and bill.minutes == 20
    told = []
    with pytest.raises(ToonkitError, match="not agreed to; nothing was asked"):
        caption_pictures(paths, tmp_path / "captions.jsonl", asked, lambda bill: told.append(bill))
    assert told == [estimate(asked, 3)] and questions == []


def test_pictures_are_captioned_slowly_enough_and_never_twice(service, paths, tmp_path) -> None:
    answers, questions, asked = service
    waits: list[float] = []
    table = tmp_path / "captions.jsonl"
    found = caption_pictures(paths[:2], table, asked, yes, waits.append)
    assert found == read_captions(table) == {"0.png": "a cat sits on a sofa", "1.png": "a cat sits on a sofa"}
    assert waits == [1.0] and questions[0]["key"] == "Bearer a-secret"
    assert questions[0]["path"] == "/v1/chat/completions"
    assert questions[0]["messages"][0]["content"][1]["image_url"]["url"].startswith("data:image/png;base64,")
    answers[0] = say("A mouse.")
    found = caption_pictures(paths, table, asked, yes, waits.append)
    assert found["2.png"] == "a mouse" and found["0.png"] == "a cat sits on a sofa" and len(questions) == 3
    assert caption_pictures(paths, table, asked, lambda _: False) == found  # nothing is left to agree to


def busy(until: str, status: int = 429) -> Answer:
    def answer(handler: BaseHTTPRequestHandler, _: dict) -> None:
        handler.send_response(status)
        handler.send_header("Retry-After", until)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


def test_a_busy_service_is_asked_no_sooner_than_it_says(service, paths, tmp_path) -> None:
    """Seconds, or a date; nonsense counts for nothing, and the own pause of 2 and 4 seconds is the least."""
    answers, questions, asked = service
    date = formatdate(time.time() + 60, usegmt=True)
    never = "Fri, 31 Dec 99999 23:59:59 GMT"
    for named, least, most in (("30", 30, 30), (date, 55, 60), ("1", 2, 2), ("soon", 2, 2), (never, 2, 2)):
        answers[:] = [busy(named), say("A cat.")]
        waits: list[float] = []
        table = tmp_path / f"{least}-{named[:4]}.jsonl"
        assert caption_pictures(paths[:1], table, asked, yes, waits.append) == {"0.png": "a cat"}
        assert len(waits) == 1 and least <= waits[0] <= most
    answers[:] = [busy("30"), say("A cat.")]
    waits = []
    with pytest.raises(SourceError, match=r"0\.png: 1 attempts"):  # the next picture waits, too
        caption_pictures(paths[:2], tmp_path / "once.jsonl", replace(asked, attempts=1), yes, waits.append)
    assert waits == [30] and read_captions(tmp_path / "once.jsonl") == {"1.png": "a cat"}
    del questions[:]
    answers[:] = [say("A cat."), busy("3600", 503), say("A mouse.")]
    table = tmp_path / "captions.jsonl"
    with pytest.raises(SourceError, match=r"asks to wait 3600 seconds \(503 .*call again"):
        caption_pictures(paths, table, asked, yes, lambda _: None)
    assert len(questions) == 2 and read_captions(table) == {"0.png": "a cat"}


NONSENSE = {
    "stalls": (stalls, "no whole answer within 0.5 seconds"),
    "drips": (drips, "no whole answer within 0.5 seconds"),
    "no JSON": (raw(b"<html>"), "JSONDecodeError at http://127"),
    "another form": (raw(b'{"error": 1}'), "no choices"),
    "a list": (raw(b"[]"), "no choices"),
    "no text": (say(None), "the answer is no caption"),
    "empty": (say(" . "), "the answer is no caption"),
    "an essay": (say("cat " * 200), "the answer is no caption"),
    "half a sentence": (say("A cat sits on", ended="length"), "the answer was cut off: 'A cat sits on'"),
    "busy": (say("", 503), "503"),
    "moved": (say("", 302), "302"),
}


@pytest.mark.parametrize("name", NONSENSE)
def test_nonsense_is_asked_about_again_and_then_named(name, service, paths, tmp_path) -> None:
    answers, questions, asked = service
    bad, says = NONSENSE[name]
    table = tmp_path / "captions.jsonl"
    answers[:] = [say("A cat."), bad, say("A mouse."), bad]
    waits: list[float] = []
    with pytest.raises(SourceError, match=rf"2\.png: 3 attempts at http\S+ failed, the last with: .*{says}") as caught:
        caption_pictures(paths, table, asked, yes, waits.append)
    assert "a-secret" not in str(caught.value)
    assert read_captions(table) == {"0.png": "a cat", "1.png": "a mouse"} and len(questions) == 6
    assert waits == [1.0, 2.0, 1.0, 2.0, 4.0]
    answers[:] = [say("Both.")]
    assert caption_pictures(paths, table, asked, yes, waits.append)["2.png"] == "both" and len(questions) == 7


def test_one_bad_picture_does_not_keep_the_others_from_their_captions(service, paths, tmp_path) -> None:
    answers, questions, asked = service
    table = tmp_path / "captions.jsonl"
    answers[:] = [say("A cat."), say(""), say(""), say(""), say("A mouse.")]
    with pytest.raises(SourceError, match=r"^1\.png: 3 attempts .*; what was answered is kept"):
        caption_pictures(paths, table, asked, yes, lambda _: None)
    assert read_captions(table) == {"0.png": "a cat", "2.png": "a mouse"} and len(questions) == 5
    assert caption_pictures(paths, table, asked, yes)["1.png"] == "a mouse" and len(questions) == 6


def test_a_service_that_answers_nothing_is_given_up(service, paths, tmp_path) -> None:
    answers, questions, asked = service
    answers[0] = say("")
    fourth = tmp_path / "3.png"
    write_picture(fourth, torch.zeros(3, 8, 8))
    with pytest.raises(SourceError, match=r"0\.png.*1\.png.*2\.png.*gave up after 3 pictures in a row") as caught:
        caption_pictures([*paths, fourth], tmp_path / "captions.jsonl", asked, yes, lambda _: None)
    assert "3.png" not in str(caught.value) and len(questions) == 9


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
def test_a_refusal_is_final(status, service, paths, tmp_path) -> None:
    answers, questions, asked = service
    answers[0] = say("", status)
    with pytest.raises(SourceError, match=rf"refused: {status} .*; look at the key and the model's name"):
        caption_pictures(paths, tmp_path / "captions.jsonl", asked, yes)
    assert len(questions) == 1


def test_without_a_key_nothing_is_asked(service, paths, tmp_path, monkeypatch) -> None:
    _, questions, asked = service
    monkeypatch.delenv(KEY)
    with pytest.raises(SourceError, match=f"{KEY} holds no key"):
        caption_pictures(paths, tmp_path / "captions.jsonl", asked, yes)
    with pytest.raises(ToonkitError, match="two pictures have the same file name"):
        caption_pictures([paths[0], tmp_path / "other" / "0.png"], tmp_path / "captions.jsonl", asked, yes)
    assert questions == []


def test_a_table_of_captions_is_read(tmp_path) -> None:
    table = tmp_path / "captions.csv"
    table.write_text('file,note,caption\na.png,,"A cat, asleep."\nb.png,x,A  mouse\n', encoding="utf-8-sig")
    assert read_caption_csv(table, ["b.png"]) == {"a.png": "a cat, asleep", "b.png": "a mouse"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("file,caption\na.png,A cat\n", r"has no row for 2 of 3 pictures: b\.png, c\.png; add them"),
        ("file,caption\na.png,A cat\nb.png, .\n", r"row 2: file 'b\.png' has the caption ''; neither may be empty"),
        ("file,caption\na.png,A cat\na.png,A dog\n", r"row 2: a\.png has a caption already"),
        ("file,caption\na.png\n", "row 1 is cut short"),
        ("name,text\na.png,A cat\n", "it needs file and caption"),
        ("", "it needs file and caption"),
        (b"file,caption\na.png,\xff\n", "cannot be read as a caption table"),
    ],
)
def test_tables_with_missing_rows_are_refused(tmp_path, text: str | bytes, says: str) -> None:
    table = tmp_path / "captions.csv"
    table.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ToonkitError, match=says):
        read_caption_csv(table, ["a.png", "b.png", "c.png"])
