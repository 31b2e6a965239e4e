"""What would break on Windows or macOS, found on any system: imports, names, encodings, locks, replaced files."""

from __future__ import annotations

import ast
import hashlib
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from another_system import NOT_ON_WINDOWS, UNIX_ONLY

from toonkit.chapters.index import all_chapters
from toonkit.export import pictures
from toonkit.images import manifests, sources
from toonkit.images.manifests import MANIFESTS, load_sources, read_manifest
from toonkit.networks.weights import load_weights, save_weights
from toonkit.project import atomic
from toonkit.project.errors import ToonkitError
from toonkit.project.file_names import for_windows, ignores_case, is_portable
from toonkit.project.records import make_record
from toonkit.training.losses_log import LOSSES, append_losses

ROOT = Path(__file__).parents[2]
PACKAGE = sorted((ROOT / "toonkit").rglob("*.py"))
HERE = Path(__file__).with_name("another_system.py")
NO_TEXT = ("Image", "av", "opened", "os", "parts", "tarfile", "webbrowser")  # whose `open` opens no text file
LONGEST = 160  # characters below a checkout, so that one in a folder of 100 stays below Windows' 260


def run(*words: str) -> str:
    return subprocess.run([sys.executable, *words], capture_output=True, text=True, check=True, cwd=ROOT).stdout


def test_every_module_is_imported_on_another_system() -> None:
    assert run(str(HERE), "win32", "darwin") == ""


@pytest.mark.parametrize(
    "line",
    [
        "import fcntl",
        "import os\nos.getuid()",
        "from signal import SIGKILL",
        "import sys\nassert 'w' not in sys.platform",
    ],
)
def test_a_module_that_is_not_portable_is_found(line: str, tmp_path: Path) -> None:
    (tmp_path / "toonkit").mkdir()
    (tmp_path / "toonkit" / "__init__.py").write_text("", encoding="utf-8")
    (tmp_path / "toonkit" / "bad.py").write_text(line, encoding="utf-8")
    code = f"import sys; sys.path[:0] = [{str(tmp_path)!r}, {str(HERE.parent)!r}]; import another_system as a"
    assert "toonkit.bad" in run("-c", f"{code}; print(a.import_as_on('win32'))")


def functions(tree: ast.AST) -> list[ast.AST]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.Lambda)]


@pytest.mark.parametrize("path", PACKAGE, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_only_unix_has_is_asked_for_first(path: Path) -> None:
    """`os.fork` and its kin stand in functions that look with hasattr, Unix-only modules in one that names a system."""
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    for node in ast.walk(tree):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if set(names) & set(UNIX_ONLY):
            inside = [ast.unparse(function) for function in functions(tree) if node in ast.walk(function)]
            assert inside and "sys.platform" in inside[0], f"{path}:{node.lineno}"
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            module, name = node.value.id, node.attr
            if name in NOT_ON_WINDOWS.get(module, ()):
                inside = [ast.unparse(function) for function in functions(tree) if node in ast.walk(function)]
                assert any(f"hasattr({module}, '{name}')" in code for code in inside), f"{path}:{node.lineno} {name}"


def text_files(tree: ast.AST) -> list[tuple[ast.Call, str]]:
    """Calls that open a text file, and how: "r" or with what they write."""
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in ("read_text", "write_text"):
            found.append((node, name[0]))
        if name == "open":
            texts = [word.value for word in node.args if isinstance(word, ast.Constant) and isinstance(word.value, str)]
            mode = next((text for text in texts if re.fullmatch(r"[rwax]b?\+?b?", text)), "r")
            owner = ast.unparse(node.func.value) if isinstance(node.func, ast.Attribute) else ""
            unbuffered = any(word.arg == "buffering" for word in node.keywords)  # 0, which only bytes can be
            if "b" not in mode and not unbuffered and owner not in NO_TEXT:
                found.append((node, mode))
    return found


@pytest.mark.parametrize("path", PACKAGE, ids=lambda path: str(path.relative_to(ROOT)))
def test_text_files_name_their_encoding_and_keep_their_line_ends(path: Path) -> None:
    """Windows has another encoding by default, and writes a line end as two bytes, which changes every digest."""
    for call, mode in text_files(ast.parse(path.read_text(encoding="utf-8"))):
        given = {word.arg for word in call.keywords}
        assert "encoding" in given, f"{path}:{call.lineno}"
        assert mode[0] == "r" or "newline" in given, f"{path}:{call.lineno}"


def test_the_names_of_all_files_can_be_those_of_any_system() -> None:
    listed = subprocess.run(["git", "-C", str(ROOT), "ls-files", "-z"], capture_output=True, check=True).stdout
    names = [name for name in listed.decode().split("\0") if name]
    assert len(names) > 500
    assert [name for name in names if not is_portable(name) or len(name) > LONGEST] == []
    assert len({name.casefold() for name in names}) == len(names)


def test_every_listed_download_can_be_kept_on_any_system() -> None:
    tables = [name for name in load_sources() if (MANIFESTS / f"{name}.tsv").exists()]
    assert len(tables) > 5
    for name in tables:
        places = [for_windows(entry.path) for entry in read_manifest(name)]
        assert all(is_portable(place) and len(place) < LONGEST for place in places)
        assert len({place.casefold() for place in places}) == len(places)


def test_a_download_with_a_name_that_windows_has_not_is_kept_and_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = b"a picture"
    entry = manifests.Entry("keycap: 0/aux.png", len(data), hashlib.sha256(data).hexdigest())
    monkeypatch.setattr(sources, "read_manifest", lambda *_: [entry])
    monkeypatch.setenv("TOONKIT_MIRROR", str(tmp_path))
    monkeypatch.setattr(manifests, "WINDOWS", True)
    assert not sources.source_ready("fluent-emoji")
    place = tmp_path / "fluent-emoji" / "keycap%3A 0" / "%61ux.png"
    place.parent.mkdir(parents=True)
    place.write_bytes(data)
    assert sources.source_ready("fluent-emoji") and sources.open_source("fluent-emoji") == tmp_path / "fluent-emoji"
    monkeypatch.setattr(manifests, "WINDOWS", False)
    assert not sources.source_ready("fluent-emoji") and entry.place == entry.path


@pytest.mark.parametrize(
    ("name", "there"),
    [
        ("con", "%63on"),
        ("aux.png", "%61ux.png"),
        ("NUL.tar.gz", "%4EUL.tar.gz"),
        ("a/LPT9.txt", "a/%4CPT9.txt"),
        ("keycap: 0/x?.png", "keycap%3A 0/x%3F.png"),
        ("end.", "end%2E"),
        ("a /b", "a%20/b"),
        ("a\tb", "a%09b"),
        ('x"y\\z', "x%22y%5Cz"),
    ],
)
def test_names_that_windows_has_not_are_escaped_there(name: str, there: str) -> None:
    assert not is_portable(name) and for_windows(name) == there and is_portable(there)


def test_a_name_may_be_too_long() -> None:
    assert is_portable("é" * 127) and not is_portable("é" * 128)


@pytest.mark.parametrize("name", ["conic", "auxiliary.png", ".hidden", "a b/é.png", "com10", "x..y", "nul_1"])
def test_ordinary_names(name: str) -> None:
    assert is_portable(name) and for_windows(name) == name


def test_no_run_has_a_longer_path_than_windows_allows() -> None:
    part = f"{atomic.PART}{'0' * 32}{atomic.PART_END}"
    for chapter in all_chapters():
        for variant in chapter.variants:
            folder = f"build/train/{chapter.name}/{variant}-paper-9999-size9999/snapshots/10000000/{part}"
            assert len(folder) < LONGEST, folder


def test_a_file_that_is_being_read_is_replaced_a_moment_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on Windows, where os.replace fails while another process has the target open."""
    busy, replace = [True, True], atomic.os.replace

    def refusing(*paths: Path) -> None:
        if busy:
            busy.pop()
            raise PermissionError(13, "being used by another process")
        replace(*paths)

    monkeypatch.setattr(atomic.os, "replace", refusing)
    atomic.write_atomically(tmp_path / "a", b"1")
    assert (tmp_path / "a").read_bytes() == b"1" and not busy
    busy.extend([True] * 50)
    monkeypatch.setattr(atomic, "PAUSE", 0)
    with pytest.raises(ToonkitError, match="could not write"):
        atomic.write_atomically(tmp_path / "a", b"2", overwrite=True)
    assert [path.name for path in tmp_path.iterdir()] == ["a"] and (tmp_path / "a").read_bytes() == b"1"


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="needs Linux's list of mapped files")
def test_weights_that_were_read_leave_their_file_free(tmp_path: Path) -> None:
    """A mapped file cannot be replaced on Windows; a checkpoint that was resumed from is, soon after."""
    path = tmp_path / "checkpoint.safetensors"
    save_weights(path, {"a": torch.arange(5.0)}, {})
    tensors, _ = load_weights(path)
    assert str(path) not in Path("/proc/self/maps").read_text(encoding="utf-8")
    assert tensors["a"].tolist() == [0, 1, 2, 3, 4]


def test_lines_of_losses_end_alike_everywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.linesep", "\r\n")
    append_losses(tmp_path, 1, {"a": 0.5})
    assert (tmp_path / LOSSES).read_bytes() == b'{"step": 1, "a": 0.5}\n'


def test_pictures_that_are_one_on_this_disk_are_not_drawn_over_each_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = [(Path("x/a.png"), tmp_path / "a.png"), (Path("y/A.png"), tmp_path / "A.png")]
    found = {}
    for one_case in (True, False):
        monkeypatch.setattr(pictures, "ignores_case", lambda _, answer=one_case: answer)
        report = pictures.Report()
        found[one_case] = (pictures._without_clashes(plan, tmp_path, report), len(report.failed))
    assert found == {True: (plan[:1], 1), False: (plan, 0)}


def test_whether_a_disk_ignores_case_is_found_out(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"")
    assert ignores_case(tmp_path) == (tmp_path / "A").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert not ignores_case(tmp_path / "absent")


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="Windows has one time zone a machine")
@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York"])
def test_times_are_told_without_the_time_zone_of_the_machine(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        assert time.localtime(0).tm_hour != 0
        assert make_record("a", "quick", 0, {}, started=0, clock=0)["started"] == "1970-01-01T00:00:00+00:00"
    finally:
        monkeypatch.undo()
        time.tzset()
