"""Captions: words to tokens and back, BLEU of known sentences, what a caption says, BLIP against its own logits."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import torch
from resuming import whole_and_resumed

from toonkit.chapters.captions.data import batches, side_captions
from toonkit.chapters.captions.losses import next_word_loss
from toonkit.chapters.captions.names import named, names_in
from toonkit.chapters.captions.networks import Captioner
from toonkit.chapters.captions.reading import read_caption, right
from toonkit.chapters.captions.recipe import Captions, CaptionsConfig, build, world_words
from toonkit.chapters.captions.scores import (
    PART,
    bleu,
    caption_scores,
    captions_agree,
    captions_by,
    name_scores,
    unnamed,
)
from toonkit.chapters.captions.words import BEGIN, END, PAD, UNKNOWN, Tokenizer
from toonkit.project.errors import ToonkitError
from toonkit.project.profiles import Profile
from toonkit.world import ToonWorld

SMALL = CaptionsConfig(width=16, layers=1, heads=2, batch=2, size=32)
PAIR = "a grey cat sits and a brown mouse walks in a garden, with a ball of wool"


def pictures(count: int = 2, seed: int = 0) -> torch.Tensor:
    return torch.rand((count, 3, 32, 32), generator=torch.Generator().manual_seed(seed)) * 2 - 1


def test_every_caption_of_the_world_survives_its_tokens() -> None:
    """Also of scenes that the vocabulary was not made from."""
    captions = ToonWorld("duo", "test", count=300).describe(range(300))["caption"]
    tokenizer = Tokenizer(world_words())
    tokens = tokenizer.encode(captions, SMALL.length)
    assert tokenizer.decode(tokens) == captions
    assert (tokens[:, 0] == BEGIN).all() and ((tokens == END).sum(1) == 1).all() and not (tokens == UNKNOWN).any()


def test_other_words_are_unknown_and_long_captions_refused() -> None:
    tokenizer = Tokenizer(("cat",))
    assert tokenizer.encode(["cat dragon"], 5).tolist() == [[BEGIN, 4, UNKNOWN, END, PAD]]
    with pytest.raises(ToonkitError, match="has 4 words; at most 3 fit"):
        tokenizer.encode(["cat cat cat cat"], 5)


def test_bleu_of_known_sentences() -> None:
    """Papineni's example in small: one of ten sentences of eight words has its last two words swapped."""
    truth = ["a grey cat sits in a red room"] * 10
    assert bleu(truth, truth).value == pytest.approx(1)
    said = [*truth[:9], "a grey cat sits in a room red"]
    precisions = [(80 - 0) / 80, (70 - 2) / 70, (60 - 2) / 60, (50 - 2) / 50]
    wanted = (precisions[0] * precisions[1] * precisions[2] * precisions[3]) ** 0.25
    assert bleu(said, truth).value == pytest.approx(wanted, rel=1e-5)
    assert bleu(["the dog"] * 10, truth).value == 0


def test_what_a_caption_says_is_read() -> None:
    found = read_caption(PAIR)
    assert found.coats == {"cat": "grey", "mouse": "brown"} and found.actions == {"cat": "sits", "mouse": "walks"}
    assert (found.place, found.thing) == ("garden", "a ball of wool")
    assert read_caption("tom sits in a room").coats == {"cat": "grey"}
    assert read_caption("a picture of a cat").actions == {"cat": ""}


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        (PAIR, set()),
        (PAIR.replace("grey", "black"), {"coat"}),
        (PAIR.replace("sits", "stands"), {"action"}),
        (PAIR.replace("garden", "room"), {"place"}),
        ("a grey cat sits in a garden, with a ball of wool", {"subject", "number", "action", "coat"}),
        (PAIR.removesuffix(", with a ball of wool"), {"thing"}),
    ],
)
def test_each_mistake_is_seen(said: str, wrong: set[str]) -> None:
    assert {name for name, is_right in right(said, PAIR).items() if not is_right} == wrong


def test_names_are_of_characters_in_cartoons_alone() -> None:
    assert named(PAIR) == "tom sits and jerry walks in a garden, with a ball of wool"
    assert unnamed(named(PAIR)) == PAIR and names_in(named(PAIR)) == {"tom", "jerry"} and names_in(PAIR) == set()
    world = ToonWorld("duo", "train", 32, count=60)
    assert not any(names_in(caption) for caption in side_captions(world, "photo", True))
    assert any(names_in(caption) for caption in side_captions(world, "toon", True))
    assert not any(names_in(caption) for caption in side_captions(world, "toon", False))


def test_names_are_counted_where_they_belong_and_where_not() -> None:
    truth = [PAIR] * 10 + ["a black cat sits in a room"] * 10
    said = [named(PAIR)] * 5 + [PAIR] * 5 + ["tom sits in a room"] * 2 + ["a black cat sits in a room"] * 8
    found = name_scores(said, truth)
    assert found["character named"].value == pytest.approx(0.5) and found["character named"].n == 20
    assert found["another named"].value == pytest.approx(0.2) and found["another named"].n == 10


def test_captions_agree_by_the_share_of_respects() -> None:
    others = [PAIR.replace("grey", "black"), PAIR, PAIR.replace("garden", "room").replace("sits", "stands")] * 4
    assert captions_agree([PAIR] * 12, others).value == pytest.approx((5 / 6 + 1 + 4 / 6) / 3)


def test_captions_of_many_pictures_are_those_of_a_few() -> None:
    """In their order, and never more than PART at once: by a stand-in that says each picture's mean."""
    asked = []

    def caption(some: torch.Tensor) -> list[str]:
        asked.append(len(some))
        return [f"{mean:.6f}" for mean in some.mean((1, 2, 3)).tolist()]

    many = pictures(PART + 3)
    said = captions_by(SimpleNamespace(caption=caption), many)
    assert said == [f"{mean:.6f}" for mean in many.mean((1, 2, 3)).tolist()] and len(set(said)) == PART + 3
    assert asked == [PART, 3]


def test_scores_of_perfect_captions_are_one() -> None:
    captions = ToonWorld("duo", "test", count=20).describe(range(20))["caption"]
    assert all(score.value == pytest.approx(1) for score in caption_scores(captions, captions).values())


def test_the_loss_is_the_cross_entropy_of_each_next_word() -> None:
    torch.manual_seed(0)
    captioner = build(SMALL)["captioner"].eval()
    tokens = captioner.tokenizer.encode(["a grey cat sits in a room", "a white mouse walks in a garden"], SMALL.length)
    with torch.no_grad():
        scores = captioner(pictures(), tokens)
        given = {"pixel_values": pictures(), "input_ids": tokens, "attention_mask": (tokens != PAD).long()}
        labels = tokens.masked_fill(tokens == PAD, -100)
        theirs = captioner.blip(**given, labels=labels)
    loss = float(next_word_loss(scores, tokens, captioner.pad, captioner.smoothing))
    assert torch.equal(scores, theirs.logits) and loss == pytest.approx(float(theirs.loss), rel=1e-6)
    real = tokens[:, 1:] != PAD
    wanted = -scores[:, :-1].log_softmax(-1).gather(2, tokens[:, 1:, None])[..., 0][real].mean()
    assert loss == pytest.approx(float(wanted), rel=1e-4)
    smooth = float(next_word_loss(scores, tokens, captioner.pad, 0.1))
    spread = -scores[:, :-1].log_softmax(-1).mean(-1)[real].mean()
    assert smooth == pytest.approx(float(0.9 * wanted + 0.1 * spread), rel=1e-4)


def test_a_caption_is_the_likeliest_next_word_each_time() -> None:
    """One beam is greedy search, here written out."""
    torch.manual_seed(1)
    captioner = build(SMALL)["captioner"].eval()
    said = torch.tensor([[BEGIN]])
    with torch.no_grad():
        while said.shape[1] < SMALL.length and said[0, -1] != END:
            logits = captioner.blip(pixel_values=pictures(1), input_ids=said).logits
            said = torch.cat([said, logits[:, -1:].argmax(-1)], 1)
    assert captioner.caption(pictures(1), beams=1) == captioner.tokenizer.decode(said)


def test_pictures_of_another_size_are_seen_at_its_own() -> None:
    torch.manual_seed(0)
    captioner = build(SMALL)["captioner"].eval()
    large = torch.rand((2, 3, 64, 64), generator=torch.Generator().manual_seed(0)) * 2 - 1
    shrunk = torch.nn.functional.interpolate(large, (32, 32), mode="bilinear", antialias=True)
    with torch.no_grad():
        seen = captioner.tokens_seen(large)
        assert seen.shape == (2, 1 + 16, 16) and torch.equal(seen, captioner.tokens_seen(shrunk))


def test_first_weights_of_the_vision_part_are_not_zero() -> None:
    """Transformers' own deviation is 1e-10, of which nothing learns."""
    torch.manual_seed(0)
    weights = build(SMALL)["captioner"].blip.vision_model.encoder.layers[0].mlp.fc1.weight
    assert float(weights.detach().std()) == pytest.approx(0.02, rel=0.1)


def test_batches_are_of_the_sides_that_are_asked_for() -> None:
    both = batches(SMALL, Profile("quick"), 0)
    alone = batches(CaptionsConfig(sides=("photo",), batch=2, size=32), Profile("quick"), 0)
    counts = [len(one.batches.groups[0]["picture"]) for one in (both, alone)]
    assert counts[0] == 2 * counts[1]
    assert both(0)["tokens"].shape == (2, SMALL.length)


@pytest.mark.parametrize(
    ("changes", "says"), [({"heads": 3}, "3 attention heads do not divide 16"), ({"size": 36}, "36 px is not cut")]
)
def test_networks_that_cannot_be_are_refused(changes: dict[str, int], says: str) -> None:
    sizes = {"size": 32, "width": 16, "layers": 1, "heads": 2, "length": 8} | changes
    with pytest.raises(ToonkitError, match=says):
        Captioner(("cat",), **sizes)


def test_an_interrupted_run_ends_with_the_same_bytes(tmp_path) -> None:
    tokens = Tokenizer(SMALL.words).encode(["a grey cat sits in a room", "a white mouse walks in a room"], SMALL.length)
    whole, resumed = whole_and_resumed(
        lambda: Captions(SMALL), lambda step: {"picture": pictures(seed=step), "tokens": tokens}, tmp_path
    )
    assert whole == resumed
