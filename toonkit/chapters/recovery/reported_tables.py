"""The numbers that Cartoon to human recovery reports."""

from __future__ import annotations

from toonkit.chapters.contract import Reported

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
REPORTED = {
    "recovery-models": Reported(
        place="table of MMD and 1-NN",
        columns={"MMD": "drawn/MMD[toonnet]", "1-NN": "drawn/1-NN[toonnet]"},
        rows={f"recovery-{model}": {name: row[name] for name in ("MMD", "1-NN")} for model, row in MODELS.items()},
    ),
    "recovery-best-epochs": Reported(
        place="table of MMD and 1-NN, the best epoch of each",
        columns={"MMD": "epochs/lowest/MMD[toonnet]", "1-NN": "epochs/lowest/1-NN[toonnet]"},
        rows={f"recovery-{model}": {name: row[name] for name in ("MMD", "1-NN")} for model, row in MODELS.items()},
    ),
}
