"""Answers whose head is odd, and answers that come too slowly; and the list of all that is not honest."""

from __future__ import annotations

import time

import bad_bodies
from answers import SHORT, Answer, Question, honest, keep_waiting, status_of
from bad_bodies import cut


def not_satisfiable(question: Question) -> None:
    question.head("416 Range Not Satisfiable", 0, f"Content-Range: bytes */{len(question.data)}")


def any_status(question: Question) -> None:
    """Any status from 100 to 599, with a body that must not be taken for the file's."""
    body = question.chance.choice((b"", b"<html>no</html>", question.data))
    question.head(f"{question.chance.randint(100, 599)} Whatever", len(body))
    question.send(body)


def odd_status(question: Question) -> None:
    status = question.chance.choice(("0 x", "99 x", "1000 x", "-200 x", "abc", "", "20 0", "200"))
    question.head(status, len(question.data))
    question.send(question.data)


def login_page(question: Question) -> None:
    body = b"<html>Log in to this network</html>"
    question.head("200 OK", len(body), "Content-Type: text/html")
    question.send(body)


def redirect_loop(question: Question) -> None:
    question.head("302 Found", 0, f"Location: /{question.path}")


def redirect_to_another(question: Question) -> None:
    question.head("301 Moved", 0, "Location: /other")


def redirect_to_garbage(question: Question) -> None:
    places = ("http://[", "://", "http://127.0.0.1:99999/", "file:///etc/passwd", "x" * 9999, "", "http://\x80\xff/")
    question.head("302 Found", 0, f"Location: {question.chance.choice((*places, 'http://127.0.0.1:1/', 'data:,x'))}")


def redirect_without_place(question: Question) -> None:
    question.head("302 Found", 0)


def many_headers(question: Question) -> None:
    question.head("200 OK", len(question.data), *[f"X-{number}: y" for number in range(500)])
    question.send(question.data)


def long_header(question: Question) -> None:
    question.head("200 OK", len(question.data), "X-Long: " + "y" * 200_000)
    question.send(question.data)


def broken_headers(question: Question) -> None:
    lines = ("no colon", ": no name", " folded", "A\0B: c", "X: \x80\xff", "Content-Length : 5", "\t")
    question.head("200 OK", len(question.data), *question.chance.sample(lines, 3))
    question.send(question.data)


def no_http(question: Question) -> None:
    question.send(question.chance.choice((b"SSH-2.0-x\r\n", b"\0" * 99, b"\r\n\r\n", question.data, b"HTTP/9.9 ")))


def old_http(question: Question) -> None:
    question.send(b"HTTP/1.0 200 OK\r\n\r\n" + question.data)


def two_answers(question: Question) -> None:
    honest(question)
    honest(question)


def continued(question: Question) -> None:
    """Several 100 Continue, then the answer."""
    question.send(b"HTTP/1.1 100 Continue\r\n\r\n" * question.chance.choice((1, 5, 200)))
    honest(question)


def late(question: Question) -> None:
    """Slow, but it comes."""
    time.sleep(SHORT)
    honest(question)


def pieces(question: Question) -> None:
    question.head(status_of(question), len(question.data) - question.start)
    for place in range(question.start, len(question.data), 9000):
        question.send(question.data[place : place + 9000])
        time.sleep(SHORT / 10)


def silent(question: Question) -> None:
    keep_waiting(question, b"")


def head_stalls(question: Question) -> None:
    question.send(b"HTTP/1.1")
    keep_waiting(question, b"")


def head_drips(question: Question) -> None:
    question.send(b"HTTP/1.1 200 OK\r\nX-Filler: ")
    keep_waiting(question, b"x")


def body_stalls(question: Question) -> None:
    cut(question)
    keep_waiting(question, b"")


def body_drips(question: Question) -> None:
    question.head(status_of(question), len(question.data) - question.start)
    keep_waiting(question, b"x")


SLOW: tuple[Answer, ...] = (silent, head_stalls, head_drips, body_stalls, body_drips)
BAD: tuple[Answer, ...] = (
    *(not_satisfiable, any_status, odd_status, login_page, redirect_loop, redirect_to_another, redirect_to_garbage),
    *(redirect_without_place, many_headers, long_header, broken_headers, no_http, old_http),
    *(two_answers, continued, late, pieces),
    *SLOW,
    *bad_bodies.BAD,
)
