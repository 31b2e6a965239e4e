"""A page to vote on, served to this machine alone."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from toonkit.course.ballots import QUESTION, Ballot, Ballots, Refused
from toonkit.project.errors import ToonkitError

TEMPLATE = Path(__file__).parent / "templates" / "vote.html"
LONGEST = 1000  # bytes of a vote
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; script-src "
    "'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


class VoteServer(ThreadingHTTPServer):
    """Serves `ballots` on 127.0.0.1; `reviewer` votes where the address names nobody; port 0 takes a free one."""

    daemon_threads = True

    def __init__(self, ballots: Ballots, reviewer: str = "", port: int = 0) -> None:
        self.ballots, self.reviewer = ballots, reviewer
        if reviewer:
            ballots.ballot(reviewer, 1)  # refuses a bad name at once
        try:
            super().__init__(("127.0.0.1", port), Handler)
        except (OSError, OverflowError) as error:
            raise ToonkitError(f"cannot serve at port {port}: {error}; choose another with --port") from error

    @property
    def address(self) -> str:
        """Where a browser on this machine finds the page."""
        return f"http://127.0.0.1:{self.server_port}/"


class Handler(BaseHTTPRequestHandler):
    """GET / is a reviewer's next ballot, GET /picture one of its pictures, POST /vote a choice."""

    server: VoteServer
    timeout = 30  # seconds for one that says nothing

    def handle_any(self) -> None:
        """Answer a request; what is wrong with it is told in a sentence, what is wrong here in the terminal only."""
        try:
            self._route()
        except Refused as error:
            self._message(error.status, str(error))
        except ToonkitError as error:  # its words may name a model
            print(error, file=sys.stderr)
            self._message(500, "This could not be done; the terminal that serves this page says why.")

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = handle_any

    def _route(self) -> None:
        hosts = [f"{name}:{self.server.server_port}" for name in ("127.0.0.1", "localhost")]
        if self.headers.get("Host") not in hosts:  # another site's name that was made to point here
            raise Refused(f"this page is at {self.server.address}", 403)
        actions = {"/": ("GET", self._next), "/picture": ("GET", self._picture), "/vote": ("POST", self._vote)}
        url = urlsplit(self.path)
        if url.path not in actions:
            raise Refused(f"there is no page {url.path[:60]!r} here", 404)
        method, action = actions[url.path]
        if self.command != method:
            raise Refused(f"{url.path} answers {method} only", 405)
        action(_fields(url.query if method == "GET" else self._body()))

    def _body(self) -> str:
        length = self.headers.get("Content-Length", "")
        if self.headers.get("Origin", "http://" + self.headers["Host"]) != "http://" + self.headers["Host"]:
            raise Refused("votes come from this page only", 403)
        if not (length.isascii() and length.isdigit()):
            raise Refused("a vote says its length", 411)
        if len(length) > 9 or int(length) > LONGEST:
            raise Refused(f"a vote has at most {LONGEST} bytes", 413)
        return self.rfile.read(int(length)).decode("utf-8", "replace")

    def _next(self, fields: Mapping[str, str]) -> None:
        reviewer = fields.get("reviewer", self.server.reviewer).strip()
        if not reviewer:
            return self._page(200, "Who votes?", WELCOME)
        ballot = self.server.ballots.next(reviewer)
        if ballot is None:
            return self._message(200, f"Thank you, {reviewer}: you have voted on all pictures.", "All done")
        return self._page(200, QUESTION, _form(ballot, bool(self.server.ballots.source)))

    def _picture(self, fields: Mapping[str, str]) -> None:
        self._send(200, "image/png", self.server.ballots.png(self._ballot(fields), _number(fields, "place")))

    def _vote(self, fields: Mapping[str, str]) -> None:
        ballot = self._ballot(fields)
        self.server.ballots.vote(ballot, _number(fields, "place"))
        self._send(303, "text/plain", b"", Location="/?" + urlencode({"reviewer": ballot.reviewer}, quote_via=quote))

    def _ballot(self, fields: Mapping[str, str]) -> Ballot:
        return self.server.ballots.ballot(fields.get("reviewer", ""), _number(fields, "number"))

    def _message(self, status: int, words: str, title: str = "That did not work") -> None:
        self._page(status, title, f'<p class="words">{escape(words)}</p><p><a href="/">To the beginning</a></p>')

    def _page(self, status: int, title: str, body: str) -> None:
        page = TEMPLATE.read_text(encoding="utf-8").replace("{{title}}", title).replace("{{body}}", body)
        self._send(status, "text/html; charset=utf-8", page.encode())

    def _send(self, status: int, kind: str, content: bytes, **more: str) -> None:
        self.send_response(status)
        for name, value in {**HEADERS, **more, "Content-Type": kind, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing of each request."""


WELCOME = (
    '<form action="/" class="welcome"><label for="reviewer">Your name</label>'
    '<input id="reviewer" name="reviewer" required maxlength="40" autofocus autocomplete="name">'
    "<button>Begin</button></form>"
)


def _form(ballot: Ballot, source: bool) -> str:
    """The ballot as a form, a button a picture; nothing in it tells a model."""
    name = escape(ballot.reviewer)
    address = f"/picture?reviewer={quote(ballot.reviewer)}&amp;number={ballot.number}&amp;place="
    beside = f'<figure><img src="{address}0" alt="The source"><figcaption>The source</figcaption></figure>' * source
    buttons = "".join(
        f'<button name="place" value="{place}"><img src="{address}{place}" alt="Picture {place}"><kbd>{place}</kbd>'
        "</button>"
        for place in range(1, len(ballot.shown) + 1)
    )
    return (
        f'<p class="where"><span>{name}, picture {ballot.number} of {ballot.total}</span>'
        f'<progress value="{ballot.number - 1}" max="{ballot.total}" aria-label="pictures done"></progress></p>'
        f'<form method="post" action="/vote" class="ballot"><input type="hidden" name="reviewer" value="{name}">'
        f'<input type="hidden" name="number" value="{ballot.number}">{beside}{buttons}</form>'
        f'<p class="hint">Click a picture, or press its number, 1 to {len(ballot.shown)}.</p>'
    )


def _fields(text: str) -> dict[str, str]:
    try:
        return dict(parse_qsl(text, max_num_fields=10))
    except ValueError as error:
        raise Refused("that is more than a vote says") from error


def _number(fields: Mapping[str, str], name: str) -> int:
    text = fields.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Refused(f"{name} must be a whole number, not {text[:60]!r}")
    return int(text)
