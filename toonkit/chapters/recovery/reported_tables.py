"""The numbers that Cartoon to human recovery reports."""

from __future__ import annotations

from toonkit.chapters.contract import AnyReported, Reported, ReportedCourse

MODELS = {  # its table: kernel MMD at its best epoch, 1-NN accuracy at its best epoch
    "gan_v1": {"MMD": 0.05003, "MMD epoch": 161, "1-NN": 0.86329, "1-NN epoch": 162},
    "gan_v2": {"MMD": 0.05139, "MMD epoch": 134, "1-NN": 0.87341, "1-NN epoch": 199},
    "cyclegan": {"MMD": 0.05865, "MMD epoch": 124, "1-NN": 0.83544, "1-NN epoch": 126},
    "cyclegan_v3": {"MMD": 0.04959, "MMD epoch": 141, "1-NN": 0.87088, "1-NN epoch": 149},
    "cyclegan_v4": {"MMD": 0.05114, "MMD epoch": 159, "1-NN": 0.87848, "1-NN epoch": 89},
    "cyclegan_v5": {"MMD": 0.05170, "MMD epoch": 85, "1-NN": 0.88354, "1-NN epoch": 102},
    "cyclegan_v6": {"MMD": 0.05144, "MMD epoch": 54, "1-NN": 0.87594, "1-NN epoch": 39},
}
EPOCHS = {  # of v3: MMD and 1-NN by epoch
    10: {"MMD": 0.06171, "1-NN": 0.92405},
    50: {"MMD": 0.07006, "1-NN": 0.94177},
    100: {"MMD": 0.05726, "1-NN": 0.92405},
    141: {"MMD": 0.04959, "1-NN": 0.92405},
    149: {"MMD": 0.05548, "1-NN": 0.87088},
    156: {"MMD": 0.05359, "1-NN": 0.92658},
}
TRAINED = 200  # "Experiment settings": about so many epochs for each model
VOTES = {  # votes of reviewers 1, 2 and 3; the sums are the report's final votes: 18, 25, 11, 41, 26, 6, 23
    "gan_v1": (6, 5, 7),
    "gan_v2": (6, 10, 9),
    "cyclegan": (3, 2, 6),
    "cyclegan_v3": (17, 14, 10),
    "cyclegan_v4": (8, 13, 5),
    "cyclegan_v5": (3, 2, 1),
    "cyclegan_v6": (7, 4, 12),
}
REVIEWERS = ("reviewer 1", "reviewer 2", "reviewer 3")
TEST, VALIDATION = 1000, 300  # scenes that our last step, and our snapshots, are measured on
BY_MODEL = {f"recovery-{model}": {name: row[name] for name in ("MMD", "1-NN")} for model, row in MODELS.items()}
REPORTED: dict[str, AnyReported] = {
    "recovery-models": Reported(
        place="table of MMD and 1-NN",
        columns={"MMD": "drawn/MMD[toonnet]", "1-NN": "drawn/1-NN[toonnet]"},
        rows=BY_MODEL,
        pictures=TEST,
    ),
    "recovery-best-epochs": Reported(
        place="table of MMD and 1-NN, the best epoch of each",
        columns={"MMD": "epochs/lowest/MMD[toonnet]", "1-NN": "epochs/lowest/1-NN[toonnet]"},
        rows=BY_MODEL,
        pictures=VALIDATION,
    ),
    "recovery-epochs": ReportedCourse(
        place="v3 model: different epoch",
        record="recovery-cyclegan_v3",
        columns={"MMD": "MMD[toonnet]", "1-NN": "1-NN[toonnet]"},
        rows=EPOCHS,
        epochs=TRAINED,
        pictures=VALIDATION,
    ),
    "recovery-votes": Reported(  # of pictures at each model's best epoch by MMD
        place="Manual Evaluation",
        columns=dict.fromkeys(REVIEWERS, "") | {"votes": "epochs/lowest/MMD[toonnet]"},
        rows={
            f"recovery-{model}": dict(zip(REVIEWERS, votes, strict=True)) | {"votes": sum(votes)}
            for model, votes in VOTES.items()
        },
        pictures=VALIDATION,
        opposed=("votes",),
    ),
}
