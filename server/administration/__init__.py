"""The administrator's door: people, sites, participants and who supports them, phones, import, the access log."""

from __future__ import annotations

from litestar import Router
from litestar.di import Provide

from server.administration.access_log import handlers as access_log
from server.administration.backups import handlers as backups
from server.administration.imports import handlers as imports
from server.administration.instrument_pages import handlers as instrument_screens
from server.administration.organisation import handlers as organisation
from server.administration.participants import handlers as participants
from server.administration.people import handlers as people
from server.administration.people_acts import handlers as people_acts
from server.administration.phones import handlers as phones
from server.administration.resource_import import handlers as resource_import
from server.administration.resources import handlers as resources
from server.administration.rules import handlers as rules
from server.administration.sites import handlers as sites
from server.auth.access import access
from server.auth.guards import allow, signed_in_member

administration = Router(
    "/administration",
    route_handlers=[
        *people,
        *people_acts,
        *sites,
        *organisation,
        *rules,
        *participants,
        *phones,
        *imports,
        *resources,
        *resource_import,
        *instrument_screens,
        *backups,
        *access_log,
    ],
    guards=[allow("administrator")],
    dependencies={"access": Provide(access), "member": Provide(signed_in_member)},
)

route_handlers = [administration]
