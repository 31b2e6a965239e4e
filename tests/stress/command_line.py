"""An attack of about an hour, run by hand: `make stress`, or `python tests/stress [ATTACK ...] [--seed N]`.

STRESS_MINUTES is the time in all, 60 where it is not set; each attack gets its share. With --seed one trial is made
again. Ends with a table, and with exit status 1 where anything failed.
"""

from __future__ import annotations

import argparse
import itertools
import os
import time
from collections.abc import Sequence

from attacks import Attack, Tally, make
from downloads_attack import DOWNLOADS
from kills_attack import KILLS
from pictures_attack import PICTURES

ATTACKS = {attack.name: attack for attack in (KILLS, PICTURES, DOWNLOADS)}


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the chosen attacks and print what came of them."""
    parser = argparse.ArgumentParser(prog="python tests/stress", description=__doc__)
    parser.add_argument("attacks", nargs="*", help=f"of {', '.join(ATTACKS)}; all where none is named")
    parser.add_argument("--seed", type=int, help="make this one trial")
    chosen = parser.parse_args(arguments)
    names = chosen.attacks or list(ATTACKS)
    if unknown := set(names) - ATTACKS.keys():
        parser.error(f"unknown attack {', '.join(sorted(unknown))}; known: {', '.join(ATTACKS)}")
    tallies = [Tally(ATTACKS[name]) for name in names]
    try:
        _attack(tallies, chosen.seed)
    except KeyboardInterrupt:
        print("stopped; what was tried until then:")
    print("\n".join(str(tally) for tally in tallies))
    return int(any(tally.failures for tally in tallies))


def _attack(tallies: list[Tally], seed: int | None) -> None:
    minutes = float(os.environ.get("STRESS_MINUTES", "60")) / len(tallies)
    for tally in tallies:
        first = int(time.time()) if seed is None else seed
        seeds = itertools.count(first) if seed is None else range(seed, seed + 1)
        _announce(tally.attack, first, minutes)
        make(tally.attack, seeds, 60 * minutes, tally)


def _announce(attack: Attack, first: int, minutes: float) -> None:
    print(f"{attack.name}: {attack.about}; from seed {first}, at most {minutes:.1f} minutes", flush=True)
