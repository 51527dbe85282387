"""Which of the product's languages a reader gets: their own choice, else the browser's, else English."""

from __future__ import annotations

from server.templating.catalogue import LANGS, Lang


def language(chosen: str, accepts: str) -> Lang:
    """`chosen`: the account's language or ''; `accepts`: the request's Accept-Language."""
    for lang in LANGS:
        if lang == chosen:
            return lang
    ranked = sorted(_weighed(accepts), key=lambda pair: -pair[1])
    for wanted, weight in ranked:
        for lang in LANGS:
            if weight > 0 and wanted.partition("-")[0] == lang:
                return lang
    return "en"


def _weighed(accepts: str) -> list[tuple[str, float]]:
    pairs = []
    for part in accepts[:400].split(","):
        name, _, weight = part.partition(";")
        number = weight.strip().removeprefix("q=")
        is_number = number.replace(".", "", 1).isdecimal()
        pairs.append((name.strip().lower(), float(number) if is_number else 1.0))
    return pairs
