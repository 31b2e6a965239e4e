"""What Cartoon to human recovery says of its seven models beside each other. The rules are ours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from toonkit.chapters.claims import NO_HIGHER, SIMILAR, Claim, Computed, Records, Verdict, compared, same_order
from toonkit.chapters.recovery.reported_tables import MODELS
from toonkit.project.records import measured, metric_at

TABLE = "table of MMD and 1-NN"
DISCUSSION = "Discussion & Conclusion"
EVIDENCE = "toonkit/chapters/recovery/model_claims.py"
CYCLEGANS = tuple(model for model in MODELS if model.startswith("cyclegan"))
LAST = {"MMD": "drawn/MMD[toonnet]", "1-NN": "drawn/1-NN[toonnet]", "the error to the truth": "drawn/true error"}
BEST_EPOCH = {"MMD": "epochs/lowest/MMD[toonnet]", "1-NN": "epochs/lowest/1-NN[toonnet]"}
HIGHER = {  # the table "Model": each version, the one before it, and what it adds
    "gan_v2": ("gan_v1", "the generator loss"),
    "cyclegan_v3": ("cyclegan", "the generator loss"),
    "cyclegan_v4": ("cyclegan_v3", "the feature cycle loss"),
    "cyclegan_v5": ("cyclegan_v4", "soft labels"),
    "cyclegan_v6": ("cyclegan_v5", "the residual discriminator"),
}


def _record(model: str) -> str:
    return f"recovery-{model}"


def _best(words: str, best: str, metric: str) -> tuple[Claim, ...]:
    """`best` has a lower number than each other model."""
    return tuple(
        Claim(
            words=f"{words} (than {model})",
            place=TABLE,
            first=_record(best),
            metric=metric,
            better="lower",
            second=_record(model),
        )
        for model in MODELS
        if model != best
    )


BEST = (
    *_best("v3 is best by MMD", "cyclegan_v3", LAST["MMD"]),
    *_best("v3 is best by MMD at the best epoch", "cyclegan_v3", BEST_EPOCH["MMD"]),
    *_best("the base is best by 1-NN", "cyclegan", LAST["1-NN"]),
    *_best("the base is best by 1-NN at the best epoch", "cyclegan", BEST_EPOCH["1-NN"]),
)
VERSIONS = tuple(
    Claim(
        words=f"{model}, with {added}, is better than {before}, by {measure}",
        place=DISCUSSION,
        first=_record(model),
        metric=metric,
        better="lower",
        second=_record(before),
        group=f"each higher version is better, by {measure}",
    )
    for measure, metric in LAST.items()
    for model, (before, added) in HIGHER.items()
)
LITTLE = tuple(
    Claim(
        words=f"{model} does not differ a lot from cyclegan_v3, by {measure}",
        place=DISCUSSION,
        first=_record(model),
        metric=metric,
        better=SIMILAR,
        second=_record("cyclegan_v3"),
        group=f"not a lot of difference between v4, v5, v6 and v3, by {measure}",
    )
    for measure, metric in LAST.items()
    for model in ("cyclegan_v4", "cyclegan_v5", "cyclegan_v6")
)


def _plain(words: str, place: str, metric: str) -> tuple[Claim, ...]:
    """Each plain GAN has a CycleGAN that it is as good as, or better: "some" is one of them."""
    return tuple(
        Claim(
            words=f"{words}: {model}",
            place=place,
            first=_record(model),
            metric=metric,
            better=NO_HIGHER,
            second=tuple(map(_record, CYCLEGANS)),
            group=words,
        )
        for model in ("gan_v1", "gan_v2")
    )


PLAIN = (
    *_plain("plain GANs are as good as some CycleGANs (by MMD)", DISCUSSION, LAST["MMD"]),
    *_plain("plain GANs are as good as some CycleGANs at the best epoch (by MMD)", DISCUSSION, BEST_EPOCH["MMD"]),
    *_plain(
        "plain GANs are as good as some CycleGANs by the error to the truth", "ours", LAST["the error to the truth"]
    ),
)
BESIDE_THE_BASE = Claim(
    words="GAN v1 is as good as the base CycleGAN by the error to the truth",
    place="ours",
    first=_record("gan_v1"),
    metric=LAST["the error to the truth"],
    better=NO_HIGHER,
    second=_record("cyclegan"),
)
HIGH = tuple(
    Claim(
        words=f"1-NN is always high, that of {model}, too",
        place=DISCUSSION,
        first=_record(model),
        metric=LAST["1-NN"],
        better="higher",
        second=0.8,
        group="1-NN is always high",
    )
    for model in MODELS
)


def _means(records: Records, metric: str) -> list[float]:
    return [metric_at(dict(records[_record(model)]["metrics"]), metric)["value"] for model in MODELS]


def _in_the_reports_order(column: str, metric: str, when: str) -> Computed:
    """Our seven models stand in the order of the report's column."""
    return Computed(
        words=f"our models stand in the report's order by {column}, at the {when}",
        place=TABLE,
        rule=f"Kendall's tau of {metric} with the report's {column} over the seven models above 0, and not by chance",
        decided=lambda records: same_order([row[column] for row in MODELS.values()], _means(records, metric)),
        evidence=EVIDENCE,
        records=frozenset(map(_record, MODELS)),
        group="the order of the seven models carries over",
    )


ORDERS = (
    *(_in_the_reports_order(column, LAST[column], "last step") for column in ("MMD", "1-NN")),
    *(_in_the_reports_order(column, metric, "best epoch") for column, metric in BEST_EPOCH.items()),
    Computed(
        words="MMD shows whether aligned pixels are similar: it orders the models as the error to the truth does",
        place=DISCUSSION,
        rule=f"Kendall's tau of {LAST['MMD']} with drawn/true error over the seven models above 0, and not by chance",
        decided=lambda records: same_order(_means(records, LAST["MMD"]), _means(records, "drawn/true error")),
        evidence=EVIDENCE,
        records=frozenset(map(_record, MODELS)),
    ),
)


def trends(record: Mapping[str, Any], side: str) -> list[float]:
    """For each seed Kendall's tau of a discriminator's logged loss with the step: -1 where it falls all the time.

    Older logs call the discriminator a judge.
    """
    found = []
    for losses in (run["losses"] for run in record["config"]["runs"]):
        curve = losses.get(f"judge {side}") or losses[f"discriminator_{side}"]
        found.append(same_order(losses["step"], curve).low)
    return found


def _falls(side: str) -> Computed:
    """One discriminator's loss falls over the training of v3, whose losses the report draws."""
    name = _record("cyclegan_v3")

    def decided(records: Records) -> Verdict:
        found = measured(trends(records[name], side))
        return compared("lower", found, {"value": 0.0, "n": found["n"], "spread": 0.0})

    return Computed(
        words=f"the discriminators' losses decrease continuously: that of the {side} side",
        place=DISCUSSION,
        rule=f"Kendall's tau of the discriminator's logged loss with the step lower than 0, of `{name}`",
        decided=decided,
        evidence=EVIDENCE,
        records=frozenset({name}),
        group="the discriminators' losses decrease continuously",
    )


FALLING = tuple(map(_falls, ("photo", "toon")))
