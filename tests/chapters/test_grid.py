"""The jobs of a grid: what each starts is a command line that there is."""

from __future__ import annotations

from pathlib import Path

from toonkit.chapters.grid import Grid
from toonkit.cli import build_parser


def test_every_job_is_a_command_line_of_its_own_run() -> None:
    grid = Grid(Path("root"), "cartoongan", ["classical", "none"], [0, 3], "full", "cpu", 32)
    seen = []
    for job in grid.jobs():
        assert job.command[1:3] == ("-m", "toonkit")
        options = build_parser().parse_args(job.command[3:])
        assert options.run_dir == job.folder and (options.profile, options.size) == ("full", 32)
        seen.append((options.chapter, options.variants[0], options.seed[0]))
    assert sorted(seen) == [("cartoongan", variant, seed) for variant in ("classical", "none") for seed in (0, 3)]
