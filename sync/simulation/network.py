"""The network: bytes under way, which it may lose, repeat, reorder, cut short, or answer itself."""

from __future__ import annotations

from typing import Literal, NamedTuple

from sync.simulation.dice import Dice

PORTAL = b"<!doctype html><title>Free Wi-Fi</title><p>Please accept our terms.</p>"
WRONG_GZIP = b"\x1f\x8b\x08\x00"
LATE_LIMIT = 6


class Parcel(NamedTuple):
    """A request or an answer. `exchange` ties the two; `phone` is the phone's place in the world.

    `answers`: the exchange that the office answered, as the answer says itself.
    """

    exchange: int
    phone: int
    path: Literal["push", "pull", "salvage"]
    is_answer: bool
    body: bytes
    answers: int = 0


class Network:
    """Parcels under way, delivered in any order. `late`: duplicates that turn up much later."""

    def __init__(self, dice: Dice) -> None:
        self.dice = dice
        self.under_way: list[Parcel] = []
        self.late: list[Parcel] = []
        self.remembered: dict[tuple[int, str], Parcel] = {}
        self.is_fair = False

    def send(self, parcel: Parcel) -> None:
        """Take a parcel, or lose it, repeat it, cut it; a captive portal answers a request with its own page.

        Sealed work is not repeated: of a repeated request the phone could take the later of two answers.
        """
        if self.is_fair:
            self.under_way.append(parcel)
            return
        roll = self.dice.random.random()
        if roll < 0.10:
            return
        if roll < 0.14:
            cut = parcel.body[: self.dice.below(len(parcel.body))]
            parcel = parcel._replace(body=WRONG_GZIP + cut if roll < 0.11 else cut)
        elif roll < 0.17:
            if not parcel.is_answer:
                parcel = parcel._replace(is_answer=True)
            parcel = parcel._replace(body=PORTAL)
        elif roll < 0.22 and not parcel.is_answer and parcel.path != "salvage":
            self.under_way.append(parcel)
        elif roll < 0.28 and not parcel.is_answer and parcel.path != "salvage" and len(self.late) < LATE_LIMIT:
            self.late.append(parcel)
        elif roll < 0.36 and parcel.is_answer:
            parcel = self._replayed(parcel)
        self.under_way.append(parcel)

    def _replayed(self, parcel: Parcel) -> Parcel:
        """A proxy remembers an answer, and hours later gives it to another request of the same phone."""
        old = self.remembered.pop((parcel.phone, parcel.path), None)
        if old is None:
            self.remembered[parcel.phone, parcel.path] = parcel
        return parcel if old is None else parcel._replace(body=old.body, answers=old.answers)

    def next(self) -> Parcel | None:
        """Any parcel that is under way; now and then one of the late duplicates."""
        if self.late and self.dice.chance(0.05):
            return self.late.pop(0)
        if not self.under_way:
            return None
        return self.under_way.pop(0 if self.is_fair else self.dice.below(len(self.under_way)))

    def calm_down(self) -> None:
        """From now on everything arrives, once and in order; what was late arrives as well."""
        self.is_fair = True
        self.under_way += self.late
        self.late = []
