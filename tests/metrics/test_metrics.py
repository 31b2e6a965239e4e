"""Metrics against closed forms and direct computations."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.linalg
import torch

from toonkit.metrics.scores import Score, jackknife, mean_score
from toonkit.metrics.sets import fid, kid
from toonkit.metrics.truth import attributes_kept, balanced_accuracy, mask_agreement, true_error
from toonkit.metrics.two_sample import mmd
from toonkit.networks.labels import Labels
from toonkit.project.errors import ToonkitError


def test_fid_against_the_matrix_square_root():
    torch.manual_seed(0)
    real, fake = torch.randn(400, 6), torch.randn(400, 6) @ torch.diag(torch.linspace(0.5, 2, 6)) + 0.3
    a, b = real.double().numpy(), fake.double().numpy()
    root = scipy.linalg.sqrtm(np.cov(a.T) @ np.cov(b.T)).real
    direct = ((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(np.cov(a.T) + np.cov(b.T) - 2 * root)
    score = fid("test", real, fake)
    assert score.value == pytest.approx(direct, abs=1e-4) and score.name == "FID[test]" and score.n == 400
    assert score.low < direct < score.high


def test_kid_against_the_unbiased_estimate_over_all_samples():
    torch.manual_seed(0)
    real, fake = torch.randn(600, 8), torch.randn(600, 8) + 0.5
    kernel = lambda x, y: (x @ y.T / 8 + 1) ** 3  # noqa: E731
    n = len(real)
    inside = sum((k.sum() - k.diagonal().sum()) / (n * (n - 1)) for k in (kernel(real, real), kernel(fake, fake)))
    direct = float(inside - 2 * kernel(real, fake).mean())
    score = kid("test", real, fake)
    assert score.value == pytest.approx(direct, rel=0.05) and score.low < direct < score.high
    before = torch.get_rng_state()
    assert kid("test", real, fake) == score and torch.equal(torch.get_rng_state(), before)
    same = kid("test", real, torch.randn(600, 8))
    assert same.low < 0 < same.high


def test_distances_and_their_intervals_are_never_negative():
    torch.manual_seed(0)
    for scale in (1, 10, 100):  # rounding goes either way
        real = scale * torch.randn(200, 64)
        for score in (fid("test", real, real), mmd("test", real, real)):
            assert 0 <= score.low <= score.value <= score.high < 1e-4 * scale**2
    real = torch.randn(400, 64)
    near = mmd("test", real, real + 0.01 * torch.randn(400, 64))
    assert 0 <= near.low <= near.value <= near.high
    rare = torch.zeros(100, 3, 2, 2)
    rare[0] = 1
    assert true_error(rare, torch.zeros_like(rare)).low == 0 < true_error(rare, torch.zeros_like(rare)).value


def test_kid_is_unbiased_and_so_may_be_negative():
    torch.manual_seed(0)
    values = [kid("test", torch.randn(100, 8), torch.randn(100, 8)).value for _ in range(20)]
    assert min(values) < 0 < max(values)
    same = torch.randn(100, 8)
    assert kid("test", same, same).name == "KID[test]" and kid("test", same, same).low < 0


def test_a_score_is_cut_to_what_it_can_be():
    score = Score("x", -0.5, 10, -0.75, 1.25)
    assert score.within(0, 1) == Score("x", 0, 10, 0, 1)
    assert score.within(-1, 2) == score
    assert Score("x", -0.5, 10, -0.75, -0.25).within(0, 1) == Score("x", 0, 10, 0, 0)


def test_the_interval_of_a_mean_is_the_textbook_one():
    torch.manual_seed(0)
    rows = torch.randn(1000)
    score = jackknife("mean", lambda x: float(x.mean()), (rows,), blocks=100)
    half = 1.96 * float(rows.std()) / 1000**0.5
    assert (score.high - score.low) / 2 == pytest.approx(half, rel=0.25)
    covered = 0
    for _ in range(200):
        score = jackknife("mean", lambda x: float(x.mean()), (torch.randn(200),))
        covered += score.low < 0 < score.high
    assert 0.85 <= covered / 200 <= 0.99


def test_a_mean_with_its_interval_is_the_jackknife_of_the_mean():
    values = torch.randn(50, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    score, direct = mean_score("m", values), jackknife("m", lambda rows: float(rows.mean()), (values,))
    assert score == direct and mean_score("m", values.tolist()) == score


def test_true_error_is_the_mean_absolute_difference():
    a, b = torch.zeros(10, 3, 4, 4), torch.full((10, 3, 4, 4), 0.25)
    assert true_error(a, b) == Score("true error", 0.25, 10, 0.25, 0.25)


def test_balanced_accuracy_gives_every_value_the_same_weight():
    truth = torch.tensor([0] * 90 + [1] * 10 + [-1] * 5)
    assert balanced_accuracy(torch.zeros_like(truth), truth) == pytest.approx(0.5)
    assert balanced_accuracy(truth.clamp(min=0), truth) == pytest.approx(1.0)


def test_attributes_that_never_apply_are_left_out():
    labels = Labels.of_world()
    names = list(labels.attributes)
    truth = torch.full((20, len(names)), -1)
    truth[:, 3] = torch.arange(20) % 2
    scores = attributes_kept(truth.clamp(min=0), truth, labels)
    assert set(scores) == {names[3], "attributes kept"} and scores["attributes kept"].value == 1.0


def test_mask_agreement_on_a_case_counted_by_hand():
    truth = torch.zeros(10, 4, 4, dtype=torch.int64)
    truth[:, :2] = 1
    seen = truth.clone()
    seen[:, 1] = 0  # half of class 1 is taken for class 0
    assert mask_agreement(seen, truth).value == pytest.approx((8 / 12 + 4 / 8) / 2)
    assert len(Labels.of_world().masks) > 10


def test_bad_samples_are_refused():
    with pytest.raises(ToonkitError, match="at least 10 samples"):
        fid("test", torch.randn(5, 4), torch.randn(50, 4))
    broken = torch.randn(50, 4)
    broken[7, 2] = float("nan")
    with pytest.raises(ToonkitError, match="not finite"):
        fid("test", broken, torch.randn(50, 4))


def test_a_score_prints_what_it_was_measured_with():
    assert str(Score("FID[toonnet]", 1.5, 1000, 1.25, 1.75)) == "FID[toonnet, n=1000] = 1.5 (1.25 to 1.75)"
    assert str(Score("true error", 0.25, 10, 0.2, 0.3)) == "true error[n=10] = 0.25 (0.2 to 0.3)"
