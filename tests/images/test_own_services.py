"""The reports' own sets by a list of numbers and from the services with an account, each at its own boundary."""

from __future__ import annotations

import json
import socket
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
import requests
from loopback import serving
from own_orders import Server, clear, got, packed, paths_of
from stand_ins import STAND_INS, danbooru, numbers_of

from toonkit.images import own_services
from toonkit.images.manifests import load_sources
from toonkit.images.own_sets import own_folder
from toonkit.project.errors import SourceError


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch) -> Path:
    return clear(tmp_path, monkeypatch)


def test_danbooru_by_numbers(place):
    folder = place / "made"
    danbooru(folder, 5)
    ids = place / "ids.txt"
    ids.write_text("# of the rating safe\n" + numbers_of(folder) + "\n")
    expected = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.jpg")}
    assert all(int(path.partition("/")[0]) == int(Path(path).stem) % 1000 for path in expected)
    local = got("danbooru2017", folder, ids=ids)
    server = Server({f"512px/{path}": data for path, data in expected.items()})
    server.plan = ["cut", "503"]
    with serving(server) as address:
        far = got("danbooru2017", f"{address}/512px", ids=ids, out=place / "far")
    assert local.entries == far.entries and paths_of(far) == set(expected)


def test_numbers_that_are_gone_are_listed_and_the_others_kept(place, monkeypatch):
    folder = place / "made"
    danbooru(folder, 4)
    ids = place / "ids.txt"
    ids.write_text(numbers_of(folder) + "77\n")
    server = Server({path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.jpg")})
    with serving(server) as address:
        with pytest.raises(SourceError, match=r"1 of 5 pictures of danbooru2017 could not be had: .*0077/77\.jpg.*404"):
            got("danbooru2017", address, ids=ids)
        missing = own_folder("danbooru2017").with_name("danbooru2017.downloads") / "missing.txt"
        assert missing.read_text().startswith("77  # ")
        before = len(server.questions)
        ids.write_text(numbers_of(folder))
        assert len(got("danbooru2017", address, ids=ids).entries) == 4
        assert len(server.questions) == before  # nothing came twice
    with pytest.raises(SourceError, match=r"0077/77\.jpg: no such file"):
        ids.write_text("77")
        got("danbooru2017", folder, ids=ids, out=place / "other")


@pytest.mark.parametrize(
    ("text", "words"),
    [("", "names no picture"), ("12\n12\n", "line 2: 12 is listed"), ("../x", "line 1"), ("1 abc", "line 1")],
)
def test_lists_that_are_none(place, text, words):
    (place / "ids.txt").write_text(text)
    with pytest.raises(SourceError, match=words):
        got("danbooru2017", place, ids=place / "ids.txt")


def kaggle(monkeypatch, answer: Callable[[str], str]) -> list[str]:
    """Put a package `kagglehub` in place whose one function is `answer`; returns the handles it was asked for."""
    asked = []

    def dataset_download(handle: str) -> str:
        asked.append(handle)
        return answer(handle)

    monkeypatch.setitem(sys.modules, "kagglehub", SimpleNamespace(dataset_download=dataset_download))
    return asked


@pytest.mark.parametrize("name", ["tom-and-jerry", "kaggle-cats", "flickr30k"])
def test_kaggle(name, place, monkeypatch):
    """The client unpacks below the folder that KAGGLEHUB_CACHE names; what it left there is the set."""
    monkeypatch.setenv("KAGGLE_API_TOKEN", "KGAT_secret")

    def answer(handle: str) -> str:
        folder = Path(own_services.os.environ["KAGGLEHUB_CACHE"]) / "datasets" / handle / "versions" / "1"
        STAND_INS[name](folder, 2)
        return str(folder)

    asked = kaggle(monkeypatch, answer)
    found = got(name)
    assert asked == [load_sources()[name].via.removeprefix("kaggle:")]
    STAND_INS[name](place / "made", 2)
    assert paths_of(found) == {
        path.relative_to(place / "made").as_posix() for path in (place / "made").rglob("*") if path.is_file()
    }
    assert "KAGGLEHUB_CACHE" not in own_services.os.environ and not list(place.rglob("*.downloads"))


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (
            requests.HTTPError("403", response=SimpleNamespace(status_code=403)),
            "agreed to the terms on https://www.kag",
        ),
        (requests.ConnectionError("https://x/y?sig=secret reset"), "ConnectionError: .*call again to go on"),
        (OSError(28, "No space left on device"), "disk is full"),
        (ValueError("corrupt"), "ValueError: corrupt"),
    ],
)
def test_kaggle_fails(monkeypatch, error, words):
    monkeypatch.setenv("KAGGLE_USERNAME", "me")
    monkeypatch.setenv("KAGGLE_KEY", "secret")

    def answer(handle: str) -> str:
        raise error

    kaggle(monkeypatch, answer)
    with pytest.raises(SourceError, match=words) as failed:
        got("flickr30k")
    assert "secret" not in str(failed.value)


def test_a_missing_key_says_where_to_get_one(place, monkeypatch):
    asked = kaggle(monkeypatch, str)
    with pytest.raises(SourceError, match=r"no Kaggle key: sign in at https://www\.kaggle\.com/settings.*kaggle\.json"):
        got("flickr30k")
    monkeypatch.setenv("KAGGLE_USERNAME", "me")
    with pytest.raises(SourceError, match="KAGGLE_USERNAME alone is not enough"):
        got("flickr30k")
    (place / "home" / ".kaggle").mkdir(parents=True)
    (place / "home" / ".kaggle" / "kaggle.json").write_text('{"username": "me"}')
    with pytest.raises(SourceError, match=r"kaggle\.json lacks username or key"):
        got("flickr30k")
    with pytest.raises(SourceError, match=r"no Roboflow key: sign in at .*ROBOFLOW_API_KEY"):
        got("cat-mouse")
    assert asked == []


def test_kaggle_without_its_package(place, monkeypatch):
    (place / "home" / ".kaggle").mkdir(parents=True)
    (place / "home" / ".kaggle" / "kaggle.json").write_text('{"username": "me", "key": "secret"}')
    monkeypatch.setitem(sys.modules, "kagglehub", None)
    with pytest.raises(SourceError, match=r"needs the package kagglehub: pip install"):
        got("flickr30k")


class Roboflow(Server):
    """The interface: a project with versions 2 and 10; an export that is ready at the third question; the archive."""

    def __init__(self, files: dict[str, bytes]) -> None:
        super().__init__(files)
        self.address = ""
        self.unready = 2

    def __call__(self, question: str, connection: socket.socket) -> None:
        path = question.split(" ")[1]
        if "api_key=secret" not in path or path.startswith("/export"):
            return super().__call__(question, connection)
        self.questions.append(question)
        project = "/michal-shaharabani/cat-mouse"
        answers = {
            f"{project}?api_key=secret": (200, {"versions": [{"id": f"{project}/{n}"} for n in (2, 10)]}),
            f"{project}/10/coco?api_key=secret": (200, {"export": {"link": f"{self.address}/export.zip?key=other"}}),
        }
        status, answer = answers.get(path, (401, {}))
        if path.startswith(f"{project}/10") and self.unready:
            self.unready -= 1
            status, answer = 202, {"progress": 0.5}
        body = json.dumps(answer).encode()
        connection.sendall(f"HTTP/1.1 {status} Is\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)


@pytest.fixture
def roboflow(place, monkeypatch):
    server = Roboflow({"export.zip": packed("cat-mouse", place, count=2).read_bytes()})
    monkeypatch.setattr(own_services, "WAIT", 0.01)
    with serving(server) as address:
        server.address = address
        monkeypatch.setattr(own_services, "ROBOFLOW", address)
        yield server


def test_roboflow(roboflow, monkeypatch):
    monkeypatch.setenv("ROBOFLOW_API_KEY", "secret")
    roboflow.plan = ["cut"]
    found = got("cat-mouse")
    assert "train/_annotations.coco.json" in paths_of(found) and roboflow.unready == 0
    assert "version 10" in (own_folder("cat-mouse") / "about.json").read_text()


def test_roboflow_refuses_a_wrong_key_and_shows_none(roboflow, monkeypatch):
    monkeypatch.setenv("ROBOFLOW_API_KEY", "wrong-key")
    with pytest.raises(SourceError) as failed:
        got("cat-mouse")
    assert "wrong-key" not in str(failed.value)
    monkeypatch.setattr(own_services, "ROBOFLOW", "http://127.0.0.1:1")
    with pytest.raises(SourceError, match="gave no answer: ConnectionError") as failed:
        got("cat-mouse")
    assert "wrong-key" not in str(failed.value)


def test_celeba_by_torchvision(place, monkeypatch):
    """torchvision leaves its archive, the pictures and five tables in the folder `celeba`."""
    from torchvision import datasets

    calls = []

    class CelebA:
        base_folder = "celeba"

        def __init__(self, root: str, split: str, download: bool) -> None:
            calls.append((split, download))
            STAND_INS["celeba"](Path(root) / "celeba", 3)
            with zipfile.ZipFile(Path(root) / "celeba" / "img_align_celeba.zip", "w") as archive:
                archive.writestr("x", "y")

    monkeypatch.setattr(datasets, "CelebA", CelebA)
    found = got("celeba")
    assert calls == [("all", True)]
    pictures = {f"img_align_celeba/{number:06d}.jpg" for number in (1, 2, 3)}
    assert paths_of(found) == {*pictures, "list_eval_partition.txt"}


def test_celeba_without_gdown(monkeypatch):
    from torchvision import datasets

    def absent(*_: object, **__: object) -> None:
        raise RuntimeError("To download files from GDrive, 'gdown' is required.")

    monkeypatch.setattr(datasets.CelebA, "download", absent)
    with pytest.raises(SourceError, match="'gdown' is required"):
        got("celeba")
