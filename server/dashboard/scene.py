"""What every page of the dashboard knows: the hour, the places, the people's names, the phones, the sums."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from server.auth.access import Access
from server.auth.frame import language_of
from server.auth.sessions import Member
from server.dashboard.freshness import Freshness, freshness
from server.dashboard.projection import Projection
from server.dashboard.standing import Standing, standing
from server.dashboard.unit_counts import UnitCounts
from server.dashboard.unit_sums import HUNDRED
from server.responses import AnyRequest
from server.storage import accounts, devices
from server.storage.attention import Site
from server.storage.port import Row, Rows
from server.storage.records import service_day
from server.templating.catalogue import Catalogue, catalogue
from server.templating.filters import Filters
from sync.records.organisation import OrganisationFields, late_hours

NOBODY: Final = "–"


class Scene(msgspec.Struct, frozen=True):
    """`now` in ms, `today` in days since 1970 where the organisation is. `names`: person to name, leavers too."""

    org: int
    now: int
    today: int
    settings: OrganisationFields
    names: Mapping[str, str]
    sites: Sequence[Site]
    phones: Sequence[Row]
    sums: Projection
    units: UnitCounts
    standing: Standing
    words: Catalogue

    @property
    def zone(self) -> str:
        return self.settings.zone

    @property
    def freshness(self) -> Freshness:
        return freshness(self.phones, self.now)

    def text(self, key: str, /, **args: Any) -> str:
        """A text in the reader's language."""
        return self.words.text(key, **args)

    def age(self, at: int) -> str:
        """'2 days', up to now."""
        return Filters(self.words).age(at, self.now)

    def person_name(self, doc: str | None) -> str:
        found = self.sums.people.get(doc) if doc else None
        return found.name if found else NOBODY

    def site_name(self, doc: str | None) -> str:
        """'' for work away from every site."""
        return next((site.name for site in self.sites if site.doc == doc), "")

    def unit_words(self, hundredths: int) -> str:
        """Units as a page shows them: whole, or with two decimals where the rules round nothing."""
        whole = hundredths % HUNDRED == 0
        return self.words.shown(hundredths // HUNDRED if whole else f"{hundredths / HUNDRED:.10g}")

    def freshness_text(self) -> str:
        """'From 7 of 9 phones, oldest 2 days', as every figure carries it."""
        fresh = self.freshness
        if not fresh.phones:
            return self.text("dashboard.fresh.no_phones")
        if fresh.oldest_at is None:
            return self.text("dashboard.fresh.never", heard=fresh.heard, n=fresh.phones)
        return self.text("dashboard.fresh.some", heard=fresh.heard, n=fresh.phones, age=self.age(fresh.oldest_at))

    def base_view(self) -> dict[str, Any]:
        """What every template of the dashboard takes."""
        return {"now": self.now, "zone": self.zone, "fresh": self.freshness_text()}


async def look(request: AnyRequest, access: Access, member: Member, rows: Rows) -> Scene:
    """The scene of this request, all from one snapshot."""
    now = access.now()
    known = await standing(request, rows, member.org)
    settings = known.settings or OrganisationFields(member.organisation, "UTC")
    late_ms, state = late_hours(settings) * 3_600_000, request.app.state
    return Scene(
        org=member.org,
        now=now,
        today=service_day(now, settings.zone),
        settings=settings,
        names=await accounts.names(rows, member.org),
        sites=known.sites,
        phones=await devices.phones(rows, member.org),
        units=state.units.of(member.org),
        sums=await state.projections.current(rows, member.org, known.head, late_ms),
        standing=known,
        words=catalogue(language_of(request)),
    )
