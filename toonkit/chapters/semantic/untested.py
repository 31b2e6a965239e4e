"""What "Semantic-aware Cartoon Style Transfer" says that nothing here can decide, and why."""

from __future__ import annotations

from toonkit.chapters.claims import Untested

UNTESTED = (
    Untested(
        words="PatchGAN enhances the discriminative ability on details and accelerates training",
        place="section 3.1",
        why="no variant has a discriminator of the whole picture, and no training here is measured step by step",
    ),
    Untested(
        words="spectral normalisation stabilises training",
        place="section 3.1",
        why="no variant is without it",
    ),
    Untested(
        words="bilinear interpolation avoids checkerboard artifacts",
        place="section 3.1",
        why="no variant has transposed convolutions",
    ),
    Untested(
        words="the network is easily embedded in edge devices such as mobile phones",
        place="section 3.1",
        why="no phone is among what is measured; the course only writes a generator as ONNX and compares it on a CPU",
    ),
    Untested(
        words="the sparsity of the L1 norm allows for local features to be cartoonised",
        place="section 3.2.1",
        why="no variant has another norm there",
    ),
    Untested(
        words="style transfer by Gram matrices shows a semantic mismatch",
        place="section 1",
        why="no measure here says from which region of the style picture a texture came",
    ),
    Untested(
        words="CartoonGAN's pictures are blurry and have some colour deviation",
        place="section 4.3",
        why="said of four pictures by eye; our CartoonGAN is another network, trained on other cartoons",
    ),
    Untested(
        words="our pictures look better than those of other methods",
        place="section 4.3",
        why="nobody voted; numbers of likeness to cartoons are in table 1",
    ),
    Untested(
        words="grass, snow and walls are cartoonised more naturally",
        place="sections 4.3, 4.5",
        why="no measure here says natural; texture and edges of the background are compared",
    ),
    Untested(
        words="weights adjusted by the eye every 100 epochs lead to a satisfactory quality",
        place="section 4.1",
        why="what the author saw and changed is not said, so it cannot be done again",
    ),
    Untested(
        words="random colour shift removes luminance and colour",
        place="section 3.2.3",
        why="that is how eq. 6 is defined; what a network gains by it is tested",
    ),
)
