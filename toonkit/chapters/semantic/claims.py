"""What "Semantic-aware Cartoon Style Transfer" claims: table 1, the ablation, and foreground against background."""

from __future__ import annotations

from toonkit.chapters.claims import Claim

OURS = "semantic-ours"
WANG = "semantic-wang"
CARTOONGAN = "cartoongan-scenes"
WITHOUT = "semantic-no_semantic_module"
TO_CARTOONS = "drawn/FID[toonnet]"
TO_PHOTOGRAPHS = "to photographs/drawn/FID[toonnet]"
SMALLEST = "ours has the smallest FID to cartoons and to photographs"  # table 1
CLAIMS = (
    Claim(
        words="ours has the smallest FID to cartoons: below Wang's (122.51 against 124.72)",
        place="table 1",
        first=OURS,
        metric=TO_CARTOONS,
        better="lower",
        second=WANG,
        group=SMALLEST,
    ),
    Claim(
        words="... and below CartoonGAN's (143.55)",
        place="table 1",
        first=OURS,
        metric=TO_CARTOONS,
        better="lower",
        second=CARTOONGAN,
        group=SMALLEST,
    ),
    Claim(
        words="Wang's is below CartoonGAN's (124.72 against 143.55)",
        place="table 1",
        first=WANG,
        metric=TO_CARTOONS,
        better="lower",
        second=CARTOONGAN,
    ),
    Claim(
        words="ours has the smallest FID to photographs: below Wang's (135.82 against 145.34)",
        place="table 1",
        first=OURS,
        metric=TO_PHOTOGRAPHS,
        better="lower",
        second=WANG,
        group=SMALLEST,
    ),
    Claim(
        words="... and below CartoonGAN's (149.88)",
        place="table 1",
        first=OURS,
        metric=TO_PHOTOGRAPHS,
        better="lower",
        second=CARTOONGAN,
        group=SMALLEST,
    ),
    Claim(
        words="Wang's is below CartoonGAN's (145.34 against 149.88)",
        place="table 1",
        first=WANG,
        metric=TO_PHOTOGRAPHS,
        better="lower",
        second=CARTOONGAN,
    ),
    Claim(
        words="the semantic module makes the foreground's texture denser",
        place="Abstract; section 4.5",
        first=OURS,
        metric="foreground/drawn/texture density",
        better="higher",
        second=WITHOUT,
    ),
    Claim(
        words="... and the background's sparser",
        place="Abstract; section 4.5",
        first=OURS,
        metric="background/drawn/texture density",
        better="lower",
        second=WITHOUT,
    ),
    Claim(
        words="the semantic loss keeps the semantic locations: masks agree better than without it",
        place="section 3.2.2",
        first=OURS,
        metric="drawn/mask agreement",
        better="higher",
        second="semantic-no_semantic_loss",
    ),
    Claim(
        words="without the semantic module facial details are lost: the foreground's edges are weaker",
        place="section 4.5",
        first=OURS,
        metric="foreground/drawn/edge strength",
        better="higher",
        second=WITHOUT,
    ),
    Claim(
        words="with the semantic module drawings are nearer to cartoons than without it, by table 1's FID",
        place="section 4.5",
        first=OURS,
        metric=TO_CARTOONS,
        better="lower",
        second=WITHOUT,
    ),
    Claim(
        words="with the semantic module drawings are nearer to photographs than without it, by table 1's FID",
        place="section 4.5",
        first=OURS,
        metric=TO_PHOTOGRAPHS,
        better="lower",
        second=WITHOUT,
    ),
    Claim(
        words="with the semantic module masks agree better with the truth than without it",
        place="section 4.5",
        first=OURS,
        metric="drawn/mask agreement",
        better="higher",
        second=WITHOUT,
    ),
    Claim(
        words="the surface loss makes smooth surfaces: without it the background is denser",
        place="section 3.2.3",
        first=OURS,
        metric="background/drawn/texture density",
        better="lower",
        second="semantic-no_surface",
    ),
    Claim(
        words="the texture loss brings clear contours: without it the foreground's edges are weaker",
        place="section 3.2.3",
        first=OURS,
        metric="foreground/drawn/edge strength",
        better="higher",
        second="semantic-no_texture",
    ),
    Claim(
        words="the content loss keeps the content: without it fewer attributes are kept",
        place="section 3.2.1",
        first=OURS,
        metric="drawn/attributes kept",
        better="higher",
        second="semantic-no_content",
    ),
    Claim(
        words="total variation reduces noise: without it the background is denser",
        place="section 3.2.4",
        first=OURS,
        metric="background/drawn/texture density",
        better="lower",
        second="semantic-no_tv",
    ),
    Claim(
        words="without pretraining the networks do not get as near to cartoons",
        place="section 4.1",
        first=OURS,
        metric=TO_CARTOONS,
        better="lower",
        second="semantic-no_pretraining",
    ),
    Claim(
        words="what is drawn is nearer to the true cartoon than the photograph is",
        place="ours",
        first=OURS,
        metric="drawn/true error",
        better="lower",
        second=OURS,
        second_metric="photograph/true error",
    ),
)
