"""What Cartoon to human recovery says that nothing here can decide, and why."""

from __future__ import annotations

from toonkit.chapters.claims import Untested

UNTESTED = (
    Untested(
        words="v5 and v6 are no better since there was no time to train more epochs",
        place="Discussion & Conclusion",
        why="all models here have the same number of steps; none is trained several times as long",
    ),
    Untested(
        words="the discriminator's features are not good at the beginning, so gamma has to grow",
        place="Related work",
        why="no variant has a constant gamma",
    ),
    Untested(
        words="some consistency of pixels is needed against hallucination, so gamma ends below 1",
        place="Related work",
        why="no variant has a gamma that reaches 1",
    ),
    Untested(
        words="the discriminator has poor ability early, so lambda has to fall",
        place="Loss function",
        why="no variant has a constant lambda",
    ),
    Untested(
        words="the losses change a lot, and the generator seems hard to converge",
        place="Discussion & Conclusion",
        why=(
            "the report says neither how much is a lot nor what would count as converged; the curves are in notebook 07"
        ),
    ),
    Untested(
        words="1-NN accuracy hardly becomes lower with training",
        place="Discussion & Conclusion",
        why="the report does not say how little is hardly; the table `recovery-epochs` has both courses",
    ),
    Untested(
        words="1-NN accuracy is not suitable to compare these models",
        place="Discussion & Conclusion",
        why="an assumption about a measure; no number is said that would be suitable",
    ),
    Untested(
        words="a moustache is a good feature to focus on, the face ratio of children is hard to recognise",
        place="Discussion & Conclusion",
        why="a guess at the reason; who is easy and who is hard is tested",
    ),
    Untested(
        words="other networks, such as StyleGAN, would do better",
        place="Discussion & Conclusion",
        why="no StyleGAN is trained",
    ),
    Untested(
        words="each epoch takes 20 to 30 minutes",
        place="Experiment settings",
        why="on three GPUs of the report's, for 256 pixels; our shares of a step's time are in bench `recovery`",
    ),
)
