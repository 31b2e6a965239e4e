"""What the measurements of cartoons turned into photographs stand on: models before their first step, and sampling."""

from __future__ import annotations

import pytest
import torch

from toonkit.chapters.tomjerry import sampling_bench
from toonkit.chapters.tomjerry.model import SourceDenoiser
from toonkit.chapters.tomjerry.recipe import TomJerryConfig
from toonkit.chapters.tomjerry.translating import base_denoiser, untrained_model


def test_an_untrained_model_is_the_frozen_one_but_for_what_is_new() -> None:
    """With its heads uncut and told the class's tokens alone; and the same new weights each time."""
    config = TomJerryConfig(heads=4)
    (model, _), (again, _) = untrained_model(config), untrained_model(config)
    weights = zip(model.parts.state_dict().values(), again.parts.state_dict().values(), strict=True)
    assert all(torch.equal(one, other) for one, other in weights)
    frozen, noisy, steps = base_denoiser(config).eval(), torch.randn(1, 4, 16, 16), torch.tensor([500])
    alone = frozen.tokens_of(torch.tensor([0]))
    with torch.no_grad():
        assert torch.allclose(model.denoiser(noisy, steps, alone), frozen(noisy, steps, alone), atol=1e-5)
        cut, _ = untrained_model(TomJerryConfig())
        assert not torch.allclose(cut.denoiser(noisy, steps, alone), frozen(noisy, steps, alone), atol=1e-3)


def test_the_released_model_is_measured_by_steps_and_guidance(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two settings of a few cartoons: ten times the steps ask the denoiser ten times as often, and take longer."""
    asked = []
    forward = SourceDenoiser.forward
    monkeypatch.setattr(SourceDenoiser, "forward", lambda self, *a, **k: asked.append(1) or forward(self, *a, **k))
    few, many = sampling_bench.rows()[3], sampling_bench.rows()[1]
    assert "2 steps" in few and "20 steps" in many
    found, counts = {}, []
    for words in (few, many):
        found |= sampling_bench.measure(quick=True, only=(words,))
        counts.append(len(asked))
        asked.clear()
    assert counts[1] == 10 * counts[0] > 0
    assert found[few]["seconds a picture"]["value"] < found[many]["seconds a picture"]["value"]
    assert all(found[words]["class right"]["value"] > 0.8 for words in (few, many))
    assert found[many]["true error"]["value"] < found[few]["true error"]["value"]
