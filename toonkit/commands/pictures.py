"""What the subcommands do with pictures and their sources."""

from __future__ import annotations

import argparse


def toonify(options: argparse.Namespace) -> int:
    from toonkit.export import pictures

    drawn = pictures.toonify(
        options.photos, options.out, options.method, options.overwrite, mask=options.repair, style=options.style
    )
    print(drawn)
    return int(bool(drawn.failed))


def pairs(options: argparse.Namespace) -> int:
    from toonkit.images.pairs import make_pairs

    print(make_pairs(options.folder, options.out, options.photo, options.toon, overwrite=options.overwrite))
    return 0


def panels(options: argparse.Namespace) -> int:
    from toonkit.images.panel_sets import make_panels

    print(make_panels(options.folder, options.out, options.side, options.quality, options.last_train))
    return 0


def fetch(options: argparse.Namespace) -> int:
    from toonkit.images import sources

    sources.fetch(options.source)
    return 0


def sources(_: argparse.Namespace) -> int:
    from toonkit.images.sources import describe_sources

    for row in describe_sources():
        facts = "; ".join(filter(None, (row["size"], f"licence: {row['licence']}")))
        print(f"{row['source']}: {row['what']}\n    {facts}\n    {row['how']}")
    return 0
