"""Times and numbers in words.

Each filter has a twin in web/pocket/templating/filters.ts; tests/vectors/filters.json holds what both must say.

Instants are ms since 1970 UTC, zones IANA names (an unknown one reads as UTC), civil dates `2026-11-21`. An instant
outside the years 1970 to 9999 reads as a dash: a phone's clock may say anything and no screen may break over it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any, Final
from zoneinfo import ZoneInfo

from server.templating.catalogue import Catalogue

UNKNOWN: Final = "–"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LIMIT_MS: Final = 253_402_128_000_000  # 9999-12-30: every zone's wall clock still has four digits of year
_MINUTE_MS: Final = 60_000
_DAY_HOURS: Final = 24
_NEAR: Final = {0: "date.today", 1: "date.yesterday", -1: "date.tomorrow"}


class Filters:
    """The filters of one language. None reads as nothing."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._text = catalogue.text
        self.number = catalogue.number

    def named(self) -> dict[str, Callable[..., str]]:
        """Filter name to function, as templates use them."""
        names = ("day", "clock", "when", "age", "ago", "duration", "number", "size")
        return {"date": self.full_date, **{name: getattr(self, name) for name in names}}

    def day(self, at: int | None, zone: str) -> str:
        """Saturday, November 21."""
        local = _local(at, zone)
        if isinstance(local, str):
            return local
        return self._text(
            "date.day", weekday=self._weekday(local), month=self._month(local, "month"), day=str(local.day)
        )

    def full_date(self, at: int | str | None, zone: str = "UTC") -> str:
        """Nov 21, 2026."""
        day = _civil(at, zone)
        if isinstance(day, str):
            return day
        return self._text("date.full", month=self._month(day, "month_short"), day=str(day.day), year=str(day.year))

    def clock(self, at: int | None, zone: str) -> str:
        """2:05 pm."""
        local = _local(at, zone)
        if isinstance(local, str):
            return local
        half = "clock.pm" if local.hour >= 12 else "clock.am"
        return self._text(half, hour=str(local.hour % 12 or 12), minute=f"{local.minute:02}")

    def when(self, at: int | str | None, now: int, zone: str) -> str:
        """Today, yesterday, tomorrow, a weekday of the last six days, else the date."""
        day, today = _civil(at, zone), _civil(now, zone)
        if isinstance(day, str) or isinstance(today, str):
            return day if isinstance(day, str) else UNKNOWN
        days = (today - day).days
        if days in _NEAR:
            return self._text(_NEAR[days])
        if 1 < days < 7:
            return self._weekday(day)
        if day.year == today.year:
            return self._text("date.short", month=self._month(day, "month_short"), day=str(day.day))
        return self.full_date(day.isoformat())

    def age(self, at: int | None, now: int) -> str:
        """3 min, 2 h, 4 days: hours up to two days, because "26 h" and "2 days" are read differently."""
        if at is None:
            return ""
        minutes = max(0, now - at) // _MINUTE_MS
        if minutes < 1:
            return self._text("age.under_a_minute")
        if minutes < 60:
            return self._text("age.minutes", n=minutes)
        hours = minutes // 60
        if hours < 2 * _DAY_HOURS:
            return self._text("age.hours", n=hours)
        return self._text("age.days", n=hours // _DAY_HOURS)

    def ago(self, at: int | None, now: int) -> str:
        """Just now, 3 min ago, 2 h ago."""
        if at is None:
            return ""
        if now - at < _MINUTE_MS:
            return self._text("age.just_now")
        return self._text("age.ago", age=self.age(at, now))

    def duration(self, minutes: int | None) -> str:
        """52 min, 1 h, 1 h 10 min."""
        if minutes is None:
            return ""
        hours, rest = divmod(minutes, 60)
        if not hours:
            return self._text("age.minutes", n=rest)
        if not rest:
            return self._text("age.hours", n=hours)
        return f"{self._text('age.hours', n=hours)} {self._text('age.minutes', n=rest)}"

    def size(self, count: int | None) -> str:
        """12 kB, 3 MB: rounded up, so that nothing reads as 0."""
        if count is None:
            return ""
        if count < 1_000_000:
            return self._text("size.kilobytes", n=-(-count // 1000))
        return self._text("size.megabytes", n=-(-count // 1_000_000))

    def _weekday(self, day: date) -> str:
        return self._text(f"date.weekday.{day.isoweekday()}")

    def _month(self, day: date, form: str) -> str:
        return self._text(f"date.{form}.{day.month}")


def _local(at: int | None, zone: str) -> datetime | str:
    """Wall clock at an instant, or the text to show instead."""
    if at is None:
        return ""
    if not 0 <= at < _LIMIT_MS:
        return UNKNOWN
    return (_EPOCH + timedelta(milliseconds=at)).astimezone(_zone(zone))


def _civil(at: Any, zone: str) -> date | str:
    """Civil date of an instant or of `2026-11-21`, or the text to show instead; other text stays as typed."""
    if isinstance(at, str):
        try:
            return date.fromisoformat(at) if len(at) == len("2026-11-21") else at
        except ValueError:
            return at
    local = _local(at, zone)
    return local if isinstance(local, str) else local.date()


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return UTC
