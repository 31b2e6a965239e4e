"""Our own questions beside the claims of "Generating Animated Variants": what its numbers and ours change."""

from __future__ import annotations

from toonkit.chapters.claims import SIMILAR, Claim

REPORTED = "animated-skips"  # the report's recipe
CARTOONGAN = "cartoongan-classical"  # CartoonGAN's recipe, trained for as many steps of as many pictures
OWN_QUESTIONS = (
    Claim(
        words="eq. 4 as it is printed does harm: further from the truth",
        place="ours",
        first="animated-fine_as_printed",
        metric="drawn/true error",
        better="higher",
        second=REPORTED,
    ),
    Claim(
        words="... and its drawings are less sharp",
        place="ours",
        first="animated-fine_as_printed",
        metric="drawn/edge sharpness",
        better="lower",
        second=REPORTED,
    ),
    Claim(
        words="a content network that knows photographs keeps as many attributes",
        place="ours",
        first="animated-squeezenet",
        metric="drawn/attributes kept",
        better=SIMILAR,
        second=REPORTED,
    ),
    Claim(
        words="the minimax game of eq. 2 teaches as well as its non-saturating form",
        place="ours",
        first="animated-minimax",
        metric="drawn/true error",
        better=SIMILAR,
        second=REPORTED,
    ),
    Claim(
        words="our colour loss brings drawings nearer to the truth",
        place="ours",
        first=REPORTED,
        metric="drawn/true error",
        better="lower",
        second="animated-no_colour",
    ),
    Claim(
        words="the report's own content network, VGG16 at conv5_3, keeps as many attributes as toonnet",
        place="ours",
        first="animated-vgg16",
        metric="drawn/attributes kept",
        better=SIMILAR,
        second=REPORTED,
    ),
    Claim(
        words="... and draws as near to the truth",
        place="ours",
        first="animated-vgg16",
        metric="drawn/true error",
        better=SIMILAR,
        second=REPORTED,
    ),
    Claim(
        words="batch 1 and rate 1e-4, the report's, draw as near to the truth after as many pictures",
        place="ours",
        first="animated-batch_1",
        metric="drawn/true error",
        better=SIMILAR,
        second=REPORTED,
    ),
    Claim(
        words="after as many steps nearer to the true cartoon than CartoonGAN's recipe",
        place="ours",
        first=REPORTED,
        metric="drawn/true error",
        better="lower",
        second=CARTOONGAN,
    ),
    Claim(
        words="... and nearer to other people's cartoons than CartoonGAN's",
        place="ours",
        first=REPORTED,
        metric="drawn/KID[toonnet]",
        better="lower",
        second=CARTOONGAN,
    ),
)
