"""What Image Toonification claims. It shows pictures and gives no number, so the rules are ours, and so is the bar."""

from __future__ import annotations

from toonkit.recipes.styles import BASE
from toonkit.reported.claims import SIMILAR, Claim
from toonkit.world import STYLES

INSIDE = "inside_{}_less_{}"  # error inside the holes of a damaged photograph: one way to draw it less another
FACES, CLASSICAL, FID = "cartoongan-faces", "cartoongan-classical", "FID[toonnet]"
KID, ACCURACY = "KID[toonnet]", ("domains-separate", "accuracy")

CLAIMS = (
    Claim("the adversarial loss helps to cartoonize", FACES, FACES, FID, "lower", second_metric=f"photograph {FID}"),
    Claim("... and well (our bar)", FACES, FACES, FID, "lower", 0.35, f"photograph {FID}"),
    Claim(
        "... towards the true cartoon (ours)",
        *(FACES, FACES, "true error", "lower"),
        second_metric="photograph true error",
    ),
    Claim("... showing what the photograph shows (our bar)", FACES, 0.8, "attributes kept", "higher"),
    Claim(
        "the content loss preserves semantic information", CLASSICAL, "cartoongan-omega_0", "attributes kept", "higher"
    ),
    Claim("instance norm gave better results than batch norm", CLASSICAL, "cartoongan-batch_norm", FID, "lower"),
    Claim("edge-smoothed cartoons help to keep edges", CLASSICAL, "cartoongan-two_way", "edge agreement", "higher"),
    Claim("... and edges sharp", CLASSICAL, "cartoongan-two_way", "edge sharpness", "higher"),
    Claim("initialised on classical pairs (better than not)", CLASSICAL, "cartoongan-none", FID, "lower"),
    Claim("... (better than on reconstruction)", CLASSICAL, "cartoongan-reconstruction", FID, "lower"),
    Claim("ResNet in place of VGG: similar performance", "cartoongan-resnet", CLASSICAL, FID, SIMILAR),
    *(
        Claim(f"{words} recreates what is missing ({than})", "inpainting", 0.0, INSIDE.format(way, other), "lower")
        for way, words in (("closest_latent", "the closest latent"), ("optimise_closest", "an optimised latent"))
        for other, than in (("nothing", "better than doing nothing"), ("inpaint_first", "than repairing first; ours"))
    ),
    Claim("parallel adapters: the accuracy is not compromised", "domains-parallel", *ACCURACY, SIMILAR),
    Claim("series adapters: neither", "domains-series", *ACCURACY, SIMILAR),
    Claim("... while a new head alone would (ours)", "domains-head", *ACCURACY, "lower", 0.9),
    Claim("few domain-specific parameters", "domains-parallel", "domains-separate", "parameters", "lower", 0.15),
    Claim("one more style in 15 %", "styles-comic", "styles-comic_separate", "parameters", "lower", 0.15),
    *(
        Claim(f"adapters draw {style}, too (our bar)", f"styles-{style}", f"styles-{style}_separate", KID, "lower", 1.1)
        for style in STYLES
        if style != BASE
    ),
)
