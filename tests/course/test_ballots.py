"""Ballots and the file of votes: blind, shuffled, resumed, and nothing lost or counted twice."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from voting import COLOURS, GREY, colour, make_ballots

from toonkit import cli
from toonkit.course.ballots import Ballots, Refused
from toonkit.course.votes import HEADER, append_vote, locked, read_votes, votes_text
from toonkit.metrics.votes import Vote
from toonkit.project.errors import ToonkitError


@pytest.fixture
def ballots(tmp_path: Path) -> Ballots:
    return make_ballots(tmp_path)


def vote_on_all(ballots: Ballots, reviewer: str, most: int = 99) -> list[str]:
    pictures = []
    while len(pictures) < most and (ballot := ballots.next(reviewer)):
        pictures.append(ballot.picture)
        ballots.vote(ballot, 1 + len(pictures) % 3)
    return pictures


def test_the_place_chosen_is_the_model_seen(ballots: Ballots) -> None:
    ballot = ballots.next("Ann")
    seen = [colour(ballots.png(ballot, place)) for place in (0, 1, 2, 3)]
    assert seen == [GREY, *(COLOURS[model] for model in ballot.shown)]
    assert ballots.vote(ballot, 2) == Vote("Ann", ballot.picture, ballot.shown, ballot.shown[1])
    assert [COLOURS[vote.choice] for vote in read_votes(ballots.path)] == [seen[2]]


def test_orders_differ_by_reviewer_picture_and_seed_and_stay(ballots: Ballots) -> None:
    def orders(ballots: Ballots, reviewer: str) -> list[tuple]:
        found = [ballots.ballot(reviewer, number + 1) for number in range(5)]
        return [(ballot.picture, ballot.shown) for ballot in found]

    again = Ballots(list(ballots.folders.values()), ballots.path, seed=1)
    assert orders(ballots, "Ann") == orders(ballots, "Ann")
    assert len({str(orders(*each)) for each in ((ballots, "Ann"), (ballots, "Bo"), (again, "Ann"))}) == 3
    assert len({shown for _, shown in orders(ballots, "Ann")}) > 1
    assert {picture for picture, _ in orders(ballots, "Bo")} == set(ballots.pictures)


def test_a_reviewer_goes_on_where_they_stopped(ballots: Ballots) -> None:
    first = vote_on_all(ballots, "Ann", 2)
    vote_on_all(ballots, "Bo", 1)
    again = Ballots(list(ballots.folders.values()), ballots.path, ballots.source)
    rest = vote_on_all(again, "Ann")
    assert sorted(first + rest) == ballots.pictures and again.next("Ann") is None
    assert ballots.path.read_text().startswith(HEADER + "\n20") and len(again.votes()) == 6


def test_votes_at_once_are_all_kept_and_none_twice(ballots: Ballots) -> None:
    def attempt(job: tuple[str, int]) -> str:
        try:
            ballots.vote(ballots.ballot(*job), 1)
        except Refused as error:
            assert str(error) == f"{job[0]} has voted on picture {job[1]} already"
            return "refused"
        return "kept"

    jobs = [(f"reviewer {name}", number + 1) for _ in range(2) for name in range(6) for number in range(5)]
    with ThreadPoolExecutor(12) as pool:
        assert sorted(pool.map(attempt, jobs)) == ["kept"] * 30 + ["refused"] * 30
    assert len(read_votes(ballots.path)) == 30


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("t,Ann,1.png,a|b,c", "line 3 is no vote"),
        ("t,Ann,1.png,a,a", "line 3 is no vote"),
        ("t,Ann,1.png,a|a,a", "line 3 is no vote"),
        ("", "line 3 is no vote"),
        ("t,Ann,0.png,a|b,b", "line 3 is no vote, or a second one"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str, words: str) -> None:
    path = tmp_path / "votes.csv"
    path.write_text(f"{HEADER}\nt,Ann,0.png,b|a,a\n{line}\n")
    with pytest.raises(ToonkitError, match=words):
        read_votes(path)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_file_that_a_spreadsheet_saved_is_read_and_kept_as_it_is(ballots, separator, end, mark) -> None:
    lines = [HEADER, "t,Zoë,0.png,base_v0|gan_v1|cycle_v3,base_v0", 't,"Ann",1.png,base_v0|gan_v1,gan_v1']
    saved = mark + "".join(line.replace(",", separator) + end for line in lines).encode()
    ballots.path.write_bytes(saved)
    assert [(vote.reviewer, vote.picture, vote.choice) for vote in read_votes(ballots.path)] == [
        ("Zoë", "0.png", "base_v0"),
        ("Ann", "1.png", "gan_v1"),
    ]
    ballots.vote(ballots.next("Bo"), 1)
    after = ballots.path.read_bytes()
    assert after.startswith(saved) and after.endswith(end.encode())
    added = after.removeprefix(saved).decode().removesuffix(end)
    assert added.count(separator) == 4 and added.split(separator)[1] == "Bo" and "\r" not in added
    assert [vote.reviewer for vote in read_votes(ballots.path)] == ["Zoë", "Ann", "Bo"]


def test_a_spreadsheets_bad_lines_are_named_too(tmp_path: Path) -> None:
    path, header = tmp_path / "votes.csv", HEADER.replace(",", ";")
    for line in ("t;Ann;0.png;a|b;c", "t,Ann,0.png,a|b,a", ";;;;", "t;A\rnn;0.png;a|b;a", 't;Ann;0.png;"a|b;a'):
        path.write_bytes(f"\ufeff{header}\r\nt;Bo;0.png;a|b;a\r\n{line}\r\n".encode())
        with pytest.raises(ToonkitError, match="line 3 is no vote"):
            read_votes(path)
    path.write_bytes(HEADER.replace(",", "|").encode() + b"\r\n")
    with pytest.raises(ToonkitError, match=r"line 1 is not 'time,reviewer.*semicolons or tabs.*but 'time\|reviewer"):
        read_votes(path)
    path.write_bytes(f"{header}\nt;Zoë;0.png;a|b;a\n".encode("cp1252"))
    with pytest.raises(ToonkitError, match=r"no readable votes.*saves them as CSV, UTF-8"):
        read_votes(path)


def test_a_vote_is_not_appended_to_another_table(tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("a;b\n1;2\n")
    with locked(path) as file, pytest.raises(ToonkitError, match="line 1 is not"):
        append_vote(file, Vote("Ann", "0.png", ("a", "b"), "a"))
    assert path.read_text() == "a;b\n1;2\n"


def test_another_program_waits_for_the_file(tmp_path: Path) -> None:
    path = tmp_path / "votes.csv"
    code = "import sys, pathlib, toonkit.course.votes as v; print('ready', flush=True)\n"
    code += "with v.locked(pathlib.Path(sys.argv[1])) as file: print(file.seek(0, 2), flush=True)"
    with locked(path) as file:
        command = [sys.executable, "-c", code, str(path)]
        other = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert other.stdout.readline() == "ready\n"
        with pytest.raises(subprocess.TimeoutExpired):
            other.wait(0.3)
        append_vote(file, Vote("Ann", "0.png", ("a", "b"), "a"))
    assert int(other.communicate(timeout=60)[0]) == path.stat().st_size > len(HEADER)


def test_other_files_are_refused(ballots: Ballots, tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    for content, words in ((b"a,b\n", "line 1 is not"), (HEADER.encode() + b"\nt,Ann", "line 2 is cut short")):
        path.write_bytes(content)
        with pytest.raises(ToonkitError, match=words):
            read_votes(path)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(ToonkitError, match="no readable votes"):
        read_votes(path)
    path.write_text(f"{HEADER}\nt,Ann,0.png,x|base_v0,base_v0\n")
    with pytest.raises(ToonkitError, match="holds votes on x;"):
        Ballots(list(ballots.folders.values()), path)
    with pytest.raises(ToonkitError, match="cannot keep votes"):
        Ballots(list(ballots.folders.values()), tmp_path / "absent" / "votes.csv")


def test_folders_that_cannot_be_compared_are_refused(ballots: Ballots, tmp_path: Path) -> None:
    folders = list(ballots.folders.values())
    for bad in (folders[:1], [folders[0], folders[0]]):
        with pytest.raises(ToonkitError, match="2 to 9 folders of different names"):
            Ballots(bad, ballots.path)
    (folders[1] / "0.png").rename(folders[1] / "zero.png")
    with pytest.raises(ToonkitError, match=r"cycle_v3 and the first folder differ in 0\.png, zero\.png"):
        Ballots(folders, ballots.path)
    (ballots.source / "3.png").unlink()
    with pytest.raises(ToonkitError, match=r"source and the first folder differ in 3\.png"):
        Ballots([folders[0], folders[2]], ballots.path, ballots.source)
    for folder in folders:
        (folder / "0.png").write_bytes((folders[0] / "1.png").read_bytes())
        (folder / "zero.png").unlink(missing_ok=True)
        (folder / "a|b.png").write_bytes((folders[0] / "1.png").read_bytes())
    with pytest.raises(ToonkitError, match=r"rename 'a\|b\.png'"):
        Ballots(folders, ballots.path)


def test_unknown_choices_and_names_are_refused(ballots: Ballots) -> None:
    for place in (0, 4, -1):
        with pytest.raises(Refused, match=f"from 1 to 3, not {place}"):
            ballots.vote(ballots.next("Ann"), place)
    for name in ("", "=cmd()", "a,b", "x" * 41, "two\nlines"):
        with pytest.raises(Refused, match="1 to 40 letters"):
            ballots.next(name)
    assert ballots.votes() == []


def test_the_count_has_a_table_and_says_what_it_cannot_tell(ballots: Ballots, capsys: pytest.CaptureFixture) -> None:
    vote_on_all(ballots, "Ann", 1)
    assert cli.main(["votes", str(ballots.path)]) == 0
    words = capsys.readouterr().out
    assert "1 votes of 1 reviewers on 1 pictures" in words and "never chosen over" in words
    votes = [Vote(r, str(p), ("a", "b"), "ab"[p * n % 7 > 3]) for n, r in enumerate("xyz", 1) for p in range(30)]
    words = votes_text(votes)
    assert "log-strength" in words.splitlines()[0] and "Fleiss' kappa[n=30]" in words and "chi-square" in words
    assert cli.main(["votes", "absent.csv"]) == 2
