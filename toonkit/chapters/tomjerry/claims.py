"""What "Tom and Jerry in real life" claims, and what it leaves open that a table of ours can decide."""

from __future__ import annotations

from itertools import pairwise

from toonkit.chapters.claims import NO_HIGHER, Claim
from toonkit.chapters.tomjerry.reported_tables import HEADS, TABLE_1

REPORTED = "tomjerry-reported"


def _heads(few: int, many: int, kind: str, metric: str, better: str) -> Claim:
    """Table 1: `many` heads are better than `few`, over all inputs or for one kind of them."""
    whole = kind == "all"
    return Claim(
        words=f"{many} attention heads are better than {few}{'' if whole else f' for {kind}'}: {metric}",
        place="Table 1",
        first=f"tomjerry-heads_{many}",
        metric=f"{kind}/{metric}",
        better=better,
        second=f"tomjerry-heads_{few}",
        group="more attention heads are better"
        if whole
        else f"{many} attention heads are better than {few}, by kind of input",
    )


def _wider(metric: str, better: str) -> Claim:
    """Table 1 if its numbers are channels of each head: 8 channels, which are our 8 heads, against 64, one head."""
    return Claim(
        words=f"64 channels a head are better than 8: {metric}",
        place="Table 1, read otherwise",
        first=f"tomjerry-head_channels_{HEADS[-1]}",
        metric=f"all/{metric}",
        better=better,
        second=f"tomjerry-heads_{HEADS[0]}",
        group="64 channels a head are better than 8",
    )


def _easier(group: str, metric: str, better: str) -> Claim:
    """Table 2: one subject is easier than two."""
    return Claim(
        words=f"{group} alone is easier than both: {metric}",
        place="Table 2",
        first="tomjerry-heads_64",
        metric=f"{group}/{metric}",
        better=better,
        second="tomjerry-heads_64",
        second_metric=f"tom and jerry/{metric}",
        group="one subject is easier than two",
    )


def _against(words: str, place: str, first: str, metric: str, better: str, second: str) -> Claim:
    return Claim(
        words=words,
        place=place,
        first=f"tomjerry-{first}",
        metric=f"all/{metric}",
        better=better,
        second=f"tomjerry-{second}",
    )


CLAIMS = (
    *(_heads(few, many, "all", "FID[toonnet]", "lower") for few, many in pairwise(HEADS)),
    *(_heads(few, many, "all", "MS-SSIM", "higher") for few, many in pairwise(HEADS)),
    *(_heads(HEADS[0], HEADS[-1], kind, "FID[toonnet]", "lower") for kind in TABLE_1),
    *(_heads(HEADS[0], HEADS[-1], kind, "MS-SSIM", "higher") for kind in TABLE_1),
    _wider("FID[toonnet]", "lower"),
    _wider("MS-SSIM", "higher"),
    *(_easier(group, "FID[toonnet]", "lower") for group in ("tom", "jerry")),
    *(_easier(group, "MS-SSIM", "higher") for group in ("tom", "jerry")),
    _against(
        words="BLIP's regularisation transfers the content: animals nearer to their places than without it",
        place="3.2",
        first="heads_64",
        metric="pose agreement",
        better="higher",
        second="no_blip",
    ),
    _against(
        words="... it is enough as the only loss: no worse by FID than with the diffusion loss too",
        place="3.2, step 3",
        first="latent_query",
        metric="FID[toonnet]",
        better=NO_HIGHER,
        second="heads_64",
    ),
    _against(
        words="the query from the source (eq. 5) keeps places better than latent diffusion's own",
        place="3.1, eq. 5",
        first="source_query",
        metric="pose agreement",
        better="higher",
        second="heads_64",
    ),
    _against(
        words="segmentation maps preserve postures better",
        place="5",
        first="segmentation",
        metric="pose agreement",
        better="higher",
        second="heads_64",
    ),
    _against(
        words="... and not only because eq. 7, which moves animals out of their places, is left out with them",
        place="ours",
        first="segmentation",
        metric="pose agreement",
        better="higher",
        second="no_blip",
    ),
    _against(
        words="pairs teach what unpaired pictures cannot: animals nearer to their places",
        place="ours",
        first="paired",
        metric="pose agreement",
        better="higher",
        second="heads_64",
    ),
    _against(
        words="a query that knows its place keeps places better than one that does not",
        place="ours",
        first="placed_no_blip",
        metric="pose agreement",
        better="higher",
        second="unplaced_no_blip",
    ),
    _against(
        words="the source laid beside the latent, all learning, keeps places better than cross-attention alone",
        place="ours",
        first="concat",
        metric="pose agreement",
        better="higher",
        second="placed_no_blip",
    ),
    Claim(
        words="... and shows the cartoon's class: at least 90 % as toonnet sees it, our bar",
        place="ours",
        first="tomjerry-concat",
        metric="all/class right",
        better="higher",
        second=0.9,
    ),
    Claim(
        words="the photograph shows the cartoon's class: at least 90 % as toonnet sees it, our bar",
        place="3.1",
        first=REPORTED,
        metric="all/class right",
        better="higher",
        second=0.9,
    ),
)
