"""Pretrained networks: their manifests, fetched over a faulty server, kept as safetensors, never opened unchecked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
import safetensors.torch
import torch
from network_files import stand_in

from toonkit import cli
from toonkit.images import downloads
from toonkit.images.manifests import load_sources
from toonkit.networks.pretrained import KEPT, fetch_network, network_files, network_names, network_ready, pretrained
from toonkit.networks.weights import load_weights, save_weights
from toonkit.project.errors import SourceError, ToonkitError, WeightsError

NAME = "vgg19"
FILE = "vgg19-dcbb9e9d.pth"


class Origin(BaseHTTPRequestHandler):
    """Serves files by name from a dict, honours Range, and answers as `plan` says before it serves well."""

    def __init__(self, served: dict[str, bytes], plan: list[str], log: list[str], *rest: object) -> None:
        self.served, self.plan, self.log = served, plan, log
        super().__init__(*rest)

    def do_GET(self) -> None:
        self.log.append(self.path)
        manner = self.plan.pop(0) if self.plan else "well"
        if manner.isdigit():
            return self.send_error(int(manner))
        if manner == "moved":
            self.send_response(302)
            self.send_header("Location", "/elsewhere" + self.path)
            self.end_headers()
            return None
        data = self.served[self.path.rsplit("/", 1)[1]]
        start = int((self.headers.get("Range") or "bytes=0-").removeprefix("bytes=").removesuffix("-"))
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(data) - start))
        self.end_headers()
        body = data[start:]
        self.wfile.write(body[: len(body) // 2] if manner == "cut" else body)
        return None

    def log_message(self, *_: object) -> None:
        pass


class Place:
    """A network on a server: its tensors, the folder where it goes, and what the server will do and has done."""

    def __init__(self, tensors: dict[str, torch.Tensor], folder: Path) -> None:
        self.tensors, self.folder = tensors, folder
        self.served: dict[str, bytes] = {}
        self.plan: list[str] = []
        self.log: list[str] = []


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Place]:
    shared = torch.randn(5, 3)
    tensors = {"a.weight": shared, "b.weight": shared, "c": torch.randn(4, 2).t(), "n": torch.tensor(3)}
    place = Place(tensors, tmp_path / "cache" / NAME)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Origin, place.served, place.plan, place.log))
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}/"
    stand_in(monkeypatch, tmp_path, NAME, lambda folder: torch.save(tensors, folder / FILE), base)
    place.served[FILE] = (place.folder / FILE).read_bytes()
    (place.folder / FILE).unlink()
    monkeypatch.setattr(downloads, "BACKOFF", 0.001)
    yield place
    server.shutdown()
    server.server_close()


def same(found: dict[str, torch.Tensor], wanted: dict[str, torch.Tensor]) -> bool:
    return found.keys() == wanted.keys() and all(torch.equal(found[name], wanted[name]) for name in wanted)


def test_a_state_dict_is_fetched_through_faults_and_kept_as_safetensors(place: Place, capsys) -> None:
    place.plan += ["cut", "503", "moved", "cut"]
    assert not network_ready(NAME)
    assert cli.main(["fetch", NAME]) == 0
    said = capsys.readouterr().err
    assert all(word in said for word in ("VGG19", "1 file", "BSD-3-Clause", "pytorch.org", KEPT))
    assert [path.name for path in place.folder.iterdir()] == [KEPT] and network_ready(NAME)
    assert same(pretrained(NAME), place.tensors)
    asked = len(place.log)
    assert fetch_network(NAME) == place.folder and len(place.log) == asked  # nothing is asked for twice
    assert load_weights(place.folder / KEPT)[1]["source"] == NAME


def test_other_bytes_are_neither_kept_nor_opened(place: Place, tmp_path: Path) -> None:
    class Harmful:
        def __reduce__(self):
            return Path.touch, (tmp_path / "opened",)

    torch.save({"a": Harmful()}, tmp_path / "bad.pth")
    bad = (tmp_path / "bad.pth").read_bytes().ljust(len(place.served[FILE]), b"\0")  # of the right size
    place.served[FILE] = bad
    with pytest.raises(SourceError, match="instead of"):
        fetch_network(NAME)
    assert list(place.folder.iterdir()) == [] and not (tmp_path / "opened").exists()
    (place.folder / FILE).write_bytes(bad)  # put there by hand
    for call in (pretrained, fetch_network):
        with pytest.raises(SourceError, match="so it is not used"):
            call(NAME)
    assert not (tmp_path / "opened").exists()


def test_offline_and_absent_networks_name_the_command_the_size_and_the_licence(place: Place, monkeypatch) -> None:
    with pytest.raises(SourceError, match=r"toonkit fetch vgg19.*1 file, 0\.0 MB, licence BSD-3-Clause"):
        pretrained(NAME)
    monkeypatch.setenv("TOONKIT_OFFLINE", "1")
    with pytest.raises(SourceError, match="TOONKIT_OFFLINE is set"):
        fetch_network(NAME)
    assert place.log == []
    with pytest.raises(ToonkitError, match="unknown pretrained network 'alexnet'; known: vgg16, vgg19"):
        fetch_network("alexnet")


def test_a_kept_file_that_was_changed_or_is_another_s_is_refused(place: Place) -> None:
    fetch_network(NAME)
    whole = (place.folder / KEPT).read_bytes()
    (place.folder / KEPT).write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(WeightsError, match="was changed"):
        pretrained(NAME)
    save_weights(place.folder / KEPT, {"c": place.tensors["c"]}, {"sha256": "0" * 64})
    for call in (pretrained, fetch_network):
        with pytest.raises(WeightsError, match="made of another file; delete it and run `toonkit fetch vgg19`"):
            call(NAME)


def test_a_file_put_there_by_hand_is_used_and_made_ready_without_the_network(place: Place, monkeypatch) -> None:
    (place.folder / FILE).write_bytes(place.served[FILE])
    assert same(pretrained(NAME), place.tensors)
    monkeypatch.setenv("TOONKIT_OFFLINE", "1")
    fetch_network(NAME)
    assert (place.folder / KEPT).is_file() and not (place.folder / FILE).exists() and place.log == []


def test_a_mirror_is_read_and_never_written(place: Place, monkeypatch, tmp_path: Path) -> None:
    mirror = tmp_path / "mirror" / NAME
    mirror.mkdir(parents=True)
    (mirror / FILE).write_bytes(place.served[FILE])
    monkeypatch.setenv("TOONKIT_MIRROR", str(tmp_path / "mirror"))
    assert fetch_network(NAME) == mirror and network_ready(NAME)
    assert same(pretrained(NAME), place.tensors)
    assert [path.name for path in mirror.iterdir()] == [FILE] and place.log == []


def test_safetensors_stay_as_they_are(monkeypatch, tmp_path: Path) -> None:
    tensors = {"a": torch.randn(3)}
    path = "model.safetensors"
    folder = stand_in(monkeypatch, tmp_path, "vgg16", lambda at: safetensors.torch.save_file(tensors, at / path))
    assert fetch_network("vgg16") == folder and same(pretrained("vgg16"), tensors)
    assert [entry.name for entry in folder.iterdir()] == [path]


@pytest.mark.parametrize("name", network_names())
def test_every_network_is_pinned_and_says_whose_it_is_and_what_for(name: str) -> None:
    source = load_sources()[name]
    weights, others = network_files(name)
    assert all((source.title, source.licence, source.credit, source.report, source.used))
    revision = re.search(r"/resolve/([0-9a-f]{40})/$", source.base)
    prefix = re.search(r"-([0-9a-f]{8})\.pth$", weights.path)
    assert source.base.startswith("https://") and (revision or prefix)
    assert prefix is None or weights.sha256.startswith(prefix[1])
    assert bool(others) == (name in ("blip-base", "sd-vae-ft-mse"))


def test_a_profile_is_fetched_whole_and_what_cannot_be_is_said(monkeypatch, capsys) -> None:
    asked = []
    monkeypatch.setattr("toonkit.course.needs.fetch_network", asked.append)
    monkeypatch.setattr("toonkit.course.needs.fetch", asked.append)
    assert cli.main(["fetch", "--profile", "paper"]) == 1
    assert tuple(asked) == network_names()
    assert "celeba is not fetched (non-commercial research only" in capsys.readouterr().out
    assert cli.main(["fetch", "--profile", "quick"]) == 0 and tuple(asked) == network_names()
    for words in (["fetch"], ["fetch", "vgg16", "--profile", "paper"], ["fetch", "--profile", "large"]):
        assert cli.main(words) == 2
