"""Tables 1 and 2 of "Tom and Jerry in real life", beside the paths of our metrics."""

from __future__ import annotations

from toonkit.chapters.contract import Reported

Number = float | tuple[float, float]  # with its deviation, where the report has one

HEADS = (8, 16, 32, 64)
TABLE_1 = {  # FID and MS-SSIM by the number of attention heads, for each of HEADS
    "tom": ((66.74, 0.29), (58.53, 0.34), (49.59, 0.39), (46.32, 0.43)),
    "jerry": ((70.31, 0.25), (67.54, 0.32), (63.76, 0.37), (58.33, 0.38)),
    "tom and jerry": ((84.11, 0.21), (86.13, 0.24), (78.53, 0.27), (75.21, 0.28)),
}
TABLE_2 = {  # FID and MS-SSIM with 64 heads, mean and deviation each; the last 0.29 is 0.28 in table 1
    "tom": ((46.32, 1.34), (0.43, 0.09)),
    "jerry": ((58.33, 2.25), (0.38, 0.12)),
    "tom and jerry": ((75.21, 3.73), (0.29, 0.14)),
}
PICTURES = 100  # of a class, which each of our numbers is measured on
COLUMNS = {"FID": "FID[toonnet]", "MS-SSIM": "MS-SSIM"}  # the report's FID is in Inception's space


def _row(values: tuple[Number, Number]) -> dict[str, Number]:
    return dict(zip(COLUMNS, values, strict=True))


REPORTED = {
    "tomjerry-table-1": Reported(
        place="table 1",
        columns=COLUMNS,
        rows={
            f"tomjerry-heads_{heads}/{group}": _row(values)
            for group, entries in TABLE_1.items()
            for heads, values in zip(HEADS, entries, strict=True)
        },
        pictures=PICTURES,
    ),
    "tomjerry-table-2": Reported(
        place="table 2",
        columns=COLUMNS,
        rows={f"tomjerry-heads_64/{group}": _row(values) for group, values in TABLE_2.items()},
        pictures=PICTURES,
    ),
}
