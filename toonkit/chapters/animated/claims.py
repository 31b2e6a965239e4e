"""What "Generating Animated Variants" claims. It judges by eye and gives no number, so the rules are ours."""

from __future__ import annotations

from toonkit.chapters.animated.own_questions import OWN_QUESTIONS, REPORTED
from toonkit.chapters.claims import Claim

CLAIMS = (
    Claim(
        words="skip connections play a major role in faster training: the error to the truth over the run",
        place="Animated GAN Architecture",
        first=REPORTED,
        metric="epochs/mean/true error",
        better="lower",
        second="animated-no_skips",
    ),
    Claim(
        words="... and the distance to cartoons over the run",
        place="Animated GAN Architecture",
        first=REPORTED,
        metric="epochs/mean/KID[toonnet]",
        better="lower",
        second="animated-no_skips",
    ),
    Claim(
        words="the fine loss ensures the predominance of sharp boundaries",
        place="Edge-Enhancing (Fine) Loss",
        first=REPORTED,
        metric="drawn/edge sharpness",
        better="higher",
        second="animated-no_fine",
    ),
    Claim(
        words="fine edges are retained well: more than without the fine loss",
        place="Test Results",
        first=REPORTED,
        metric="drawn/edge agreement",
        better="higher",
        second="animated-no_fine",
    ),
    Claim(
        words="... and does not cost truth: nearer to the true cartoon than without it",
        place="ours",
        first=REPORTED,
        metric="drawn/true error",
        better="lower",
        second="animated-no_fine",
    ),
    Claim(
        words="the content of the picture is preserved: attributes kept, our bar",
        place="Test Results",
        first=REPORTED,
        metric="drawn/attributes kept",
        better="higher",
        second=0.8,
    ),
    Claim(
        words="good animated representations: nearer to other people's cartoons than the photograph is",
        place="Test Results",
        first=REPORTED,
        metric="drawn/KID[toonnet]",
        better="lower",
        second=REPORTED,
        second_metric="photograph/KID[toonnet]",
    ),
    Claim(
        words="... and nearer to the true cartoon",
        place="ours",
        first=REPORTED,
        metric="drawn/true error",
        better="lower",
        second=REPORTED,
        second_metric="photograph/true error",
    ),
    Claim(
        words="noise ensures stochasticity: a pixel's deviation is more than one grey level of 255, our bar",
        place="Generative Adversarial Nets",
        first=REPORTED,
        metric="noise/diversity",
        better="higher",
        second=2 / 255,
    ),
    Claim(
        words="a discriminator that wins less draws nearer to the truth",
        place="ours",
        first="animated-steady",
        metric="drawn/true error",
        better="lower",
        second=REPORTED,
    ),
    Claim(
        words="... and keeps more attributes",
        place="ours",
        first="animated-steady",
        metric="drawn/attributes kept",
        better="higher",
        second=REPORTED,
    ),
    Claim(
        words="a loss against light and shade lowers it",
        place="Conclusion and Future Work",
        first="animated-shading",
        metric="surfaces/drawn/light and shade",
        better="lower",
        second=REPORTED,
    ),
    Claim(
        words="a loss on colour contrast raises it towards the cartoons'",
        place="Conclusion and Future Work",
        first="animated-contrast",
        metric="surfaces/drawn/colour contrast",
        better="higher",
        second=REPORTED,
    ),
    Claim(
        words="a loss on saturating values leaves fewer of them",
        place="Conclusion and Future Work",
        first="animated-saturation",
        metric="surfaces/drawn/clipped values",
        better="lower",
        second=REPORTED,
    ),
    *(
        Claim(
            words=f"a score of a patch draws better than {words}: {measure}",
            place="PatchGAN: a new hyper-parameter, the patch size",
            first=REPORTED,
            metric=f"drawn/{measure}",
            better="lower",
            second=second,
            group="the patch size matters: a score of a patch draws better",
        )
        for words, second in (("one of a pixel", "animated-patch_1"), ("one of the whole picture", "animated-patch_64"))
        for measure in ("true error", "KID[toonnet]")
    ),
    Claim(
        words="random noise must necessarily be inputted: nearer to the truth than without",
        place="Generative Adversarial Nets",
        first=REPORTED,
        metric="drawn/true error",
        better="lower",
        second="animated-no_noise",
    ),
    Claim(
        words="... and nearer to cartoons than without",
        place="Generative Adversarial Nets",
        first=REPORTED,
        metric="drawn/KID[toonnet]",
        better="lower",
        second="animated-no_noise",
    ),
    *OWN_QUESTIONS,
)
