"""Captions: what a scene shows, in one sentence made from its attributes."""

from __future__ import annotations

from collections.abc import Mapping

POSE = {"sit": "sits", "stand": "stands", "walk": "walks"}


def faces(is_: Mapping[str, str]) -> str:
    """For example "a smiling elder with grey curly hair, a moustache and glasses"."""
    mood = {"smile": "smiling ", "sad": "sad ", "neutral": ""}[is_["expression"]]
    style = {"bald": "bald", "bun": f"{is_['hair_colour']} hair in a bun"}.get(is_["hair_style"], f"{is_['hair_style']} {is_['hair_colour']} hair")
    extras = [f"a {name}" if name != "glasses" else name for name in ("moustache", "beard", "glasses") if is_[name] == "yes"]
    article = "an" if not mood and is_["age"][0] in "ae" else "a"
    if style == "bald":
        return f"a {mood}bald {is_['age']}" + (f" with {_and(extras)}" if extras else "")
    return f"{article} {mood}{is_['age']} with {_and([style, *extras])}"


def duo(is_: Mapping[str, str]) -> str:
    """For example "a grey cat sits and a brown mouse walks in a garden, with a cheese"."""
    cat, mouse = (f"a {is_[who + '_coat']} {who} {POSE[is_[who + '_pose']]}" for who in ("cat", "mouse"))
    who = {"cat": cat, "mouse": mouse, "both": f"{cat} and {mouse}"}[is_["who"]]
    thing = {"none": "", "wool": ", with a ball of wool"}.get(is_["prop"], f", with a {is_['prop']}")
    return f"{who} in a {is_['setting']}{thing}"


def scenes(is_: Mapping[str, str]) -> str:
    """For example "a street with a car, two people and a cat"."""
    people = int(is_["person"] == "yes") + int(is_["second_person"] == "yes")
    thing = {"landscape": "a lake", "street": "a car", "interior": "a sofa"}[is_["place"]]
    things = [thing] * (is_["feature"] == "yes") + [("a person", "two people")[people - 1]] * (people > 0) + ["a cat"] * (is_["cat"] == "yes")
    article = "an" if is_["place"] == "interior" else "a"
    return f"{article} {is_['place']}" + (f" with {_and(things)}" if things else "")


def _and(words: list[str]) -> str:
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1]
