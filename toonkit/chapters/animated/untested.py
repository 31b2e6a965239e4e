"""What "Generating Animated Variants" says that nothing here can decide, and why."""

from __future__ import annotations

from toonkit.chapters.claims import Untested

UNTESTED = (
    Untested(
        words="CycleGAN severely fails on tasks requiring geometrical changes",
        place="Literature Survey",
        why=(
            "no CycleGAN from photographs to cartoons is trained; the painters of ToonWorld enlarge eyes, but keep "
            "what is where"
        ),
    ),
    Untested(
        words="a network that learns from one comic picture cannot capture the complete style",
        place="Literature Survey",
        why="no network is trained on a single cartoon",
    ),
    Untested(
        words="a generic conditional GAN is not the best option: tailored losses improve it",
        place="Literature Survey",
        why="that network learns from pairs, and this report has none; each tailored loss is tested alone",
    ),
    Untested(
        words="in the optimal solution the discriminator outputs 0.5 for any input",
        place="Generative Adversarial Nets",
        why="a statement about the limit of training, which no run reaches",
    ),
    Untested(
        words="features of VGG serve better than a loss on pixels",
        place="VGG-16 Feature Embedding",
        why="no variant has a content loss on pixels",
    ),
    Untested(
        words="residual blocks solve the vanishing gradient and the high training error of deep networks",
        place="Animated GAN Architecture",
        why="no variant is without its 5 residual blocks",
    ),
    Untested(
        words="patches make a good discriminator since unpaired pictures suffice",
        place="Animated GAN Architecture",
        why="no variant is trained on pairs, so what unpaired training costs is unknown",
    ),
    Untested(
        words="the chosen sets are large enough that resizing to 256 pixels blurs nothing",
        place="Datasets",
        why="the sets need an account; by the report's own numbers CelebA's pictures, 178 x 218, are enlarged",
    ),
    Untested(
        words="color changes dominate in some regions, below the chin, at the moustache and the hair",
        place="Test Results",
        why="no score here looks at one region of a face",
    ),
    Untested(
        words="the online service needs noticeably more time than our network",
        place="Comparison with state-of-the-art",
        why="the service of 2007 is not to be had, and the report gives no time",
    ),
    Untested(
        words="testing is instantaneous, so each frame of a film can be converted",
        place="Conclusion and Future Work",
        why="the report names no time that would do; ours are measured (benches `film` and `latency`), without seeds",
    ),
    Untested(
        words="another style needs nothing but another set of cartoons",
        place="Comparison with state-of-the-art",
        why="this generator is trained on one style of ToonWorld; CartoonGAN is on five (`adapters draw ...`)",
    ),
    Untested(
        words="training takes nothing in comparison to years of effort on rules",
        place="Comparison with state-of-the-art",
        why="no one has counted those years",
    ),
    Untested(
        words="the network captures scenes other than portraits as well",
        place="Comparison with state-of-the-art",
        why="this generator is trained and measured on people alone",
    ),
    Untested(
        words="pretraining on facial features, and post-processing, would improve the results",
        place="Conclusion and Future Work",
        why="speculation of the report's; neither is described well enough to be built",
    ),
)
