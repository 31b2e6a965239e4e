"""What "Tom and Jerry in real life" says that nothing here can decide, and why."""

from __future__ import annotations

from toonkit.chapters.claims import Untested

UNTESTED = (
    Untested(
        words="captions of the cartoon and of the translated photograph are highly similar",
        place="3.2",
        why="captions of what models draw are compared (bench baselines, notebook 09), of one training each",
    ),
    Untested(
        words="the single subjects are easier since their samples are abundant",
        place="table 2",
        why="the three classes are equally many here; none is trained on more",
    ),
    Untested(
        words="faithfulness suffers from unnatural actions and severe deformations",
        place="5",
        why="ToonWorld's cat and mouse are not deformed",
    ),
    Untested(
        words="latent diffusion takes 20 hours, the conditioned model 8, BLIP 15",
        place="4.2",
        why="on the report's GPUs, at 512 pixels; our times are in the records",
    ),
    Untested(
        words="a batch of 4 balances load and learning",
        place="4.2",
        why="no variant has another batch",
    ),
    Untested(
        words="an unpaired model needs no explicit correspondences to transfer content",
        place="1",
        why="what pairs add is tested; that nothing else is needed says no rule",
    ),
    Untested(
        words="diffusion excels with limited data",
        place="1",
        why="no model here is trained on fewer pictures than another",
    ),
    Untested(
        words="the results are hyper-realistic",
        place="abstract",
        why="nobody voted; distances to photographs are in tables 1 and 2",
    ),
    Untested(
        words="distorted, small and hidden subjects have to be pruned",
        place="6.1",
        why="no model is trained on what was pruned; the pruning itself is shown in notebook 01",
    ),
)
