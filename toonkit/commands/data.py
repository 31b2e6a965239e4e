"""What `toonkit data` does: the reports' own sets brought, made into a report's data set; key frames of films."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from toonkit.project.errors import ToonkitError

Add = Callable[[str, object, str], argparse.ArgumentParser]


def add_kinds(add: Add) -> None:
    """The subcommands of `toonkit data` with their options."""
    get = add("get", get_set, "bring one of the reports' own sets here, after saying what it is")
    get.add_argument("set", metavar="NAME", help="a name that `toonkit sources` lists")
    get.add_argument(
        "--from", dest="origin", default="", metavar="WHERE", help="a folder or an archive that you have, or an address"
    )
    get.add_argument("-o", "--out", type=Path, help="a new folder (default: within the cache, where `build` looks)")
    get.add_argument("--ids", type=Path, metavar="FILE", help="of numbered pictures: which, one number a line")
    get.add_argument("--sha256", metavar="DIGEST", help="what an archive must have")
    get.add_argument("--agree", action="store_true", help="you have read the terms of the set and agree")
    build = add("build", build_set, "make the data set of a report out of the sets that are here")
    build.add_argument("report", metavar="REPORT", help="a report's name, as animated_variants_gan")
    build.add_argument(
        "--source", nargs="+", default=[], metavar="NAME=FOLDER", help="a set that was brought elsewhere with -o"
    )
    build.add_argument("--seed", type=int, default=0, help="of the choice of pictures (default 0)")
    build.add_argument("--fewer", action="store_true", help="take what there is where it is less than the report had")
    frames = add("keyframes", keyframes, "one picture for each shot of a film, split by scene")
    frames.add_argument("film", type=Path, metavar="FILM", help="a film file")
    frames.add_argument("-o", "--out", required=True, type=Path, help="a new folder, for pictures and keyframes.csv")
    frames.add_argument("--side", type=int, help="short side at most, in pixels (default: the film's own)")
    frames.add_argument("--quality", type=int, default=95, help="of the JPEG files, 1 to 100 (default 95)")
    frames.add_argument("--test-share", type=float, default=0.2, help="of the pictures for testing (default 0.2)")
    frames.add_argument("--seed", type=int, default=0, help="of the order in which scenes are taken (default 0)")

    said = add("captions", captions, "captions of a report's data set: out of a table, or of a vision model's answers")
    said.add_argument("report", metavar="REPORT", help="a report's name, as tom_and_jerry_diffusion")
    said.add_argument(
        "--from", dest="table", type=Path, metavar="CSV", help="a table with the columns file and caption"
    )
    said.add_argument("--address", metavar="URL", help="of an interface as OpenAI's, such as https://HOST/v1")
    said.add_argument("--model", help="its name there; the key is in TOONKIT_CAPTION_KEY")
    said.add_argument(
        "--price", nargs=2, type=float, metavar=("IN", "OUT"), help="dollars per million tokens, of the provider's list"
    )
    said.add_argument("--per-minute", type=float, default=60.0, metavar="N", help="questions at most (default 60)")
    said.add_argument("--count", type=int, metavar="N", help="pictures to ask about (default: all)")
    said.add_argument("--agree", action="store_true", help="you agree to the bill; without it, it is only shown")


def captions(options: argparse.Namespace) -> int:
    from toonkit.images.caption_service import Bill, Service
    from toonkit.images.report_captions import captions_from_service, captions_from_table, without_caption

    bought = {"--address": options.address, "--model": options.model, "--price": options.price}
    if options.table and any(bought.values()):
        raise ToonkitError("--from takes captions of a table, --address asks a model; give one of them")
    if options.table:
        found = captions_from_table(options.report, options.table)
        print(f"{len(found):,} captions kept")
        if lacking := without_caption(options.report):
            some = ", ".join(lacking[:5]) + (", ..." if len(lacking) > 5 else "")
            print(f"pictures without a caption, which no run will see: {len(lacking):,} ({some})")
        return 0
    lacking = [name for name, value in bought.items() if not value]
    if lacking:
        raise ToonkitError(f"{', '.join(lacking)} is missing; or give a table that you have with --from")

    def agree(bill: Bill) -> bool:
        print(bill if options.agree else f"{bill}; --agree goes on", flush=True)
        return options.agree

    service = Service(options.address.rstrip("/"), options.model, *options.price, per_minute=options.per_minute)
    found = captions_from_service(options.report, service, options.count, agree)
    print(f"{len(found):,} captions are in the table")
    return 0


def get_set(options: argparse.Namespace) -> int:
    from toonkit.images.own_origins import Order
    from toonkit.images.own_sets import get_own

    found = get_own(
        Order(options.set, options.origin, options.out, options.ids, options.sha256, options.agree),
    )
    size = sum(entry.size or 0 for entry in found.entries) / 1e6
    print(f"{len(found.entries):,} files, {size:,.1f} MB, in {found.folder.parent}")
    return 0


def build_set(options: argparse.Namespace) -> int:
    from toonkit.chapters.changes import pairs
    from toonkit.images.report_building import build_report_set

    places = {name: Path(folder) for name, folder in pairs(options.source).items()}
    print(build_report_set(options.report, options.seed, options.fewer, places))
    return 0


def keyframes(options: argparse.Namespace) -> int:
    from toonkit.export.film_keyframes import Keeping, make_keyframes

    keeping = Keeping(options.side, options.quality, options.test_share, options.seed)
    report = make_keyframes(options.film, options.out, keeping)
    print(report)
    return int(bool(report.notes))
