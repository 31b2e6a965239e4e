"""What the subcommands do with pictures and their sources."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from toonkit.project.errors import ToonkitError


def toonify(options: argparse.Namespace) -> int:
    from toonkit.export.films import names_film

    if names_film(options.photos, options.out):
        return _toonify_film(options)
    from toonkit.export import pictures

    for option in ("size", "temporal"):
        if getattr(options, option) is not None:
            raise ToonkitError(f"--{option} is for films; leave it out for pictures")
    drawn = pictures.toonify(
        options.photos, options.out, _method(options), options.overwrite, mask=options.repair, style=options.style
    )
    print(drawn)
    return int(bool(drawn.failed))


def _method(options: argparse.Namespace) -> str:
    """The method that was asked for, or the one that draws photographs best; a style wants none."""
    from toonkit.chapters.drawing_choice import BEST, CLASSICAL

    return options.method or (CLASSICAL if options.style else BEST)


def _toonify_film(options: argparse.Namespace) -> int:
    from toonkit.export.film_parts import FilmParts
    from toonkit.export.film_pen import Manner
    from toonkit.export.films import toonify_film

    if len(options.photos) > 1:
        raise ToonkitError(f"one film is drawn at a time, not {len(options.photos)} inputs; call again for each")
    if options.repair is not None:
        raise ToonkitError("--repair is for pictures; leave it out for a film")
    manner = Manner(_method(options), options.style, options.size, options.temporal or 0.0)
    try:
        drawn = toonify_film(options.photos[0], options.out, manner, options.overwrite)
    except KeyboardInterrupt:
        folder = FilmParts(options.out).folder
        if folder.exists():
            print(f"what is drawn is kept in {folder}; the same call goes on from there")
        raise
    print(drawn)
    return int(not drawn.whole)


def posts(options: argparse.Namespace) -> int:
    from toonkit.export.posts import METHODS, make_posts

    made = make_posts(options.photos, options.out, options.method or METHODS, options.side, options.overwrite)
    print(made)
    return int(bool(made.failed))


def pairs(options: argparse.Namespace) -> int:
    from toonkit.images.pairs import make_pairs

    print(make_pairs(options.folder, options.out, options.photo, options.toon, overwrite=options.overwrite))
    return 0


def panels(options: argparse.Namespace) -> int:
    from toonkit.images.panel_sets import make_panels

    print(make_panels(options.folder, options.out, options.side, options.quality, options.last_train))
    return 0


def export(options: argparse.Namespace) -> int:
    from toonkit.export.onnx_files import export_onnx
    from toonkit.export.pipelines import export_pipeline, pipeline_modules

    if options.weights in pipeline_modules():
        print(export_pipeline(options.weights, options.out, options.overwrite))
        return 0
    print(export_onnx(options.weights, options.out, options.overwrite))
    return 0


def add_fetch(add: Callable[[str, object, str], argparse.ArgumentParser]) -> None:
    """The subcommand `fetch` with its options."""
    parser = add("fetch", fetch, "download open sources or pretrained networks after saying what they are")
    parser.add_argument("names", nargs="*", metavar="NAME", help="of those that `toonkit sources` lists")
    parser.add_argument("--profile", metavar="NAME", help="all that quick, full or paper needs and that can be fetched")


def fetch(options: argparse.Namespace) -> int:
    from toonkit.images.sources import fetch
    from toonkit.networks.pretrained import fetch_network, network_names

    if bool(options.names) == bool(options.profile):
        raise ToonkitError("name what to fetch, or pass --profile NAME for all that it needs (not both)")
    if options.profile:
        return _fetch_all(options.profile)
    networks = network_names()
    for name in options.names:
        (fetch_network if name in networks else fetch)(name)
    return 0


def _fetch_all(name: str) -> int:
    """Fetch what a profile needs and say what has to be brought otherwise; 1 where there is such."""
    from toonkit.course.needs import fetch_needs
    from toonkit.project.profiles import Profile

    others = fetch_needs(Profile(name))
    for need in others:
        print(f"{need.name} is not fetched ({need.licence}). {need.how}")
    return int(bool(others))


def sources(_: argparse.Namespace) -> int:
    from toonkit.images.sources import describe_sources

    for row in describe_sources():
        facts = "; ".join(filter(None, (row["size"], f"licence: {row['licence']}")))
        print(f"{row['source']}: {row['what']}\n    {facts}\n    {row['how']}")
    return 0
