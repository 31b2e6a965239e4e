"""Captions: what a scene shows, in one sentence made from its attributes."""

from __future__ import annotations

from collections.abc import Mapping

POSE = {"sit": "sits", "stand": "stands", "walk": "walks"}


def faces(traits: Mapping[str, str]) -> str:
    """For example "a smiling elder with grey curly hair, a moustache and glasses"."""
    mood = {"smile": "smiling ", "sad": "sad ", "neutral": ""}[traits["expression"]]
    worn = {"moustache": "a moustache", "beard": "a beard", "glasses": "glasses"}
    extras = [words for name, words in worn.items() if traits[name] == "yes"]
    if traits["hair_style"] == "bald":
        return f"a {mood}bald {traits['age']}" + (f" with {_and(extras)}" if extras else "")
    colour = traits["hair_colour"]
    style = traits["hair_style"]
    hair = f"{colour} hair in a bun" if style == "bun" else f"{style} {colour} hair"
    article = "an" if not mood and traits["age"][0] in "ae" else "a"
    return f"{article} {mood}{traits['age']} with {_and([hair, *extras])}"


def duo(traits: Mapping[str, str]) -> str:
    """For example "a grey cat sits and a brown mouse walks in a garden, with a cheese"."""
    cat, mouse = (f"a {traits[who + '_coat']} {who} {POSE[traits[who + '_pose']]}" for who in ("cat", "mouse"))
    who = {"cat": cat, "mouse": mouse, "both": f"{cat} and {mouse}"}[traits["who"]]
    thing = {"none": "", "wool": ", with a ball of wool"}.get(traits["prop"], f", with a {traits['prop']}")
    return f"{who} in a {traits['setting']}{thing}"


def scenes(traits: Mapping[str, str]) -> str:
    """For example "a street with a car, two people and a cat"."""
    feature = {"landscape": "a lake", "street": "a car", "interior": "a sofa"}[traits["place"]]
    people = ("", "a person", "two people")[[traits["person"], traits["second_person"]].count("yes")]
    seen = (feature if traits["feature"] == "yes" else "", people, "a cat" if traits["cat"] == "yes" else "")
    things = [words for words in seen if words]
    article = "an" if traits["place"] == "interior" else "a"
    return f"{article} {traits['place']}" + (f" with {_and(things)}" if things else "")


def _and(words: list[str]) -> str:
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1]
