"""Captions: what a scene shows, in one sentence made from its attributes."""

from __future__ import annotations

from collections.abc import Mapping

POSE = {"sit": "sits", "stand": "stands", "walk": "walks"}


def faces(is_: Mapping[str, str]) -> str:
    """For example "a smiling elder with grey curly hair, a moustache and glasses"."""
    mood = {"smile": "smiling ", "sad": "sad ", "neutral": ""}[is_["expression"]]
    worn = {"moustache": "a moustache", "beard": "a beard", "glasses": "glasses"}
    extras = [words for name, words in worn.items() if is_[name] == "yes"]
    if is_["hair_style"] == "bald":
        return f"a {mood}bald {is_['age']}" + (f" with {_and(extras)}" if extras else "")
    colour, style = is_["hair_colour"], is_["hair_style"]
    hair = f"{colour} hair in a bun" if style == "bun" else f"{style} {colour} hair"
    article = "an" if not mood and is_["age"][0] in "ae" else "a"
    return f"{article} {mood}{is_['age']} with {_and([hair, *extras])}"


def duo(is_: Mapping[str, str]) -> str:
    """For example "a grey cat sits and a brown mouse walks in a garden, with a cheese"."""
    cat, mouse = (f"a {is_[who + '_coat']} {who} {POSE[is_[who + '_pose']]}" for who in ("cat", "mouse"))
    who = {"cat": cat, "mouse": mouse, "both": f"{cat} and {mouse}"}[is_["who"]]
    thing = {"none": "", "wool": ", with a ball of wool"}.get(is_["prop"], f", with a {is_['prop']}")
    return f"{who} in a {is_['setting']}{thing}"


def scenes(is_: Mapping[str, str]) -> str:
    """For example "a street with a car, two people and a cat"."""
    feature = {"landscape": "a lake", "street": "a car", "interior": "a sofa"}[is_["place"]]
    people = ("", "a person", "two people")[[is_["person"], is_["second_person"]].count("yes")]
    seen = (feature if is_["feature"] == "yes" else "", people, "a cat" if is_["cat"] == "yes" else "")
    things = [words for words in seen if words]
    article = "an" if is_["place"] == "interior" else "a"
    return f"{article} {is_['place']}" + (f" with {_and(things)}" if things else "")


def _and(words: list[str]) -> str:
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1]
