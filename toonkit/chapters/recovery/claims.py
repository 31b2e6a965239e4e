"""What of Cartoon to human recovery numbers can decide. The rules are ours."""

from __future__ import annotations

from toonkit.chapters.claims import SIMILAR, Claim
from toonkit.chapters.recovery.reported_tables import MODELS

BEST = (
    Claim(
        words=f"v3 is best by MMD (than {model})",
        place="table of MMD and 1-NN",
        first="recovery-cyclegan_v3",
        metric="drawn/MMD[toonnet]",
        better="lower",
        second=f"recovery-{model}",
    )
    for model in MODELS
    if model != "cyclegan_v3"
)
NEAREST = (
    Claim(
        words=f"the base is best by 1-NN (than {model})",
        place="table of MMD and 1-NN",
        first="recovery-cyclegan",
        metric="drawn/1-NN[toonnet]",
        better="lower",
        second=f"recovery-{model}",
    )
    for model in MODELS
    if model != "cyclegan"
)
CLAIMS = (
    *BEST,
    *NEAREST,
    Claim(
        words="plain GANs are as good as some CycleGANs (by MMD)",
        place="Discussion & Conclusion",
        first="recovery-gan_v1",
        metric="drawn/MMD[toonnet]",
        better=SIMILAR,
        second="recovery-cyclegan",
    ),
    Claim(
        words="... by the error to the truth",
        place="ours",
        first="recovery-gan_v1",
        metric="drawn/true error",
        better=SIMILAR,
        second="recovery-cyclegan",
    ),
    Claim(
        words="MMD falls with training",
        place="Discussion & Conclusion",
        first="recovery-cyclegan_v3",
        metric="epochs/last less first/MMD[toonnet]",
        better="lower",
        second=0.0,
    ),
    Claim(
        words="1-NN is always high",
        place="Discussion & Conclusion",
        first="recovery-cyclegan_v3",
        metric="drawn/1-NN[toonnet]",
        better="higher",
        second=0.8,
    ),
    Claim(
        words="moustaches are easy",
        place="Discussion & Conclusion",
        first="recovery-cyclegan_v3",
        metric="error by group/moustache",
        better="lower",
        second="recovery-cyclegan_v3",
        second_metric="error by group/no moustache",
    ),
    Claim(
        words="children are hard",
        place="Discussion & Conclusion",
        first="recovery-cyclegan_v3",
        metric="error by group/children",
        better="higher",
        second="recovery-cyclegan_v3",
        second_metric="error by group/adults",
    ),
    Claim(
        words="without the emoji a cartoon is translated less",
        place="Discussion & Conclusion",
        first="recovery-emoji_in_corner",
        metric="emoji/nowhere/translated",
        better="lower",
        second="recovery-emoji_in_corner",
        second_metric="emoji/in its corner/translated",
    ),
    Claim(
        words="... one of another style",
        place="Discussion & Conclusion",
        first="recovery-emoji_in_corner",
        metric="emoji in pastel/nowhere/translated",
        better="lower",
        second="recovery-emoji_in_corner",
        second_metric="emoji in pastel/in its corner/translated",
    ),
    Claim(
        words="the emoji changes more than where none was in training",
        place="ours",
        first="recovery-emoji_in_corner",
        metric="emoji/in its corner/change",
        better="higher",
        second="recovery-emoji_nowhere",
    ),
    Claim(
        words="... and less where it was in any corner",
        place="ours",
        first="recovery-emoji_anywhere",
        metric="emoji/in its corner/change",
        better="lower",
        second="recovery-emoji_in_corner",
    ),
    Claim(
        words="a cue where nothing else is",
        place="ours",
        first="emoji",
        metric="trained corner, 50% drawn/nowhere/translated",
        better="lower",
        second="emoji",
        second_metric="trained corner, 50% drawn/in its corner/translated",
        times=0.9,
    ),
    Claim(
        words="... and none where what stays is photographs",
        place="ours",
        first="emoji",
        metric="trained corner, 0% drawn/nowhere/translated",
        better=SIMILAR,
        second="emoji",
        second_metric="trained corner, 0% drawn/in its corner/translated",
    ),
    Claim(
        words="... any corner does not cure that",
        place="ours",
        first="emoji",
        metric="trained anywhere, 50% drawn/nowhere/translated",
        better="lower",
        second="emoji",
        second_metric="trained anywhere, 50% drawn/in its corner/translated",
        times=0.9,
    ),
    Claim(
        words="... nor in five times the steps",
        place="ours",
        first="emoji",
        metric="trained anywhere longer, 50% drawn/nowhere/translated",
        better="lower",
        second="emoji",
        second_metric="trained anywhere longer, 50% drawn/in its corner/translated",
        times=0.9,
    ),
    Claim(
        words="the loss that CycleGAN ships is better than eq. 1",
        place="ours",
        first="recovery-cyclegan_lsgan",
        metric="drawn/MMD[toonnet]",
        better="lower",
        second="recovery-cyclegan",
    ),
)
