"""Where the reports' own data is not built, or a report does not say how long, a run says so before it begins."""

from __future__ import annotations

import pytest

from toonkit.chapters.index import all_chapters
from toonkit.chapters.runs import run
from toonkit.project.errors import ToonkitError
from toonkit.project.profiles import Profile

TRAINED = {chapter.name: chapter for chapter in all_chapters() if chapter.variants}


@pytest.mark.parametrize("name", TRAINED)
def test_a_paper_run_stops_before_any_training(name, tmp_path, monkeypatch):
    monkeypatch.setenv("TOONKIT_CACHE", str(tmp_path / "cache"))  # where nothing is built
    for variant, found in TRAINED[name].variants.items():
        with pytest.raises(ToonkitError, match=r"profile 'paper' cannot run here: .{20}"):
            run(name, variant, "paper", 0, tmp_path / variant)
        with pytest.raises(ToonkitError, match="profile 'paper' cannot run here: "):
            TRAINED[name].data(found.config, Profile("paper"), 0)
    assert list(tmp_path.iterdir()) == []
