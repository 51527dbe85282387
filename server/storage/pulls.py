"""The trace a pull leaves: an audit row, the phone's last contact and its report.

A pull is answered only when this is durable: what leaves the office has left its trace first. The trace waits for
the same commit as the pushes beside it, which costs a lone pull about a third of a millisecond.
"""

from __future__ import annotations

from collections.abc import Sequence

from server.storage.access_log import Access
from server.storage.connection import Step, put
from server.storage.devices import report_row
from server.storage.port import PullSeen


def pull_steps(pulls: Sequence[PullSeen]) -> list[Step]:
    """At most three statements for all pulls of a round."""
    reports = [report_row(seen.device, seen.now, seen.report) for seen in pulls if seen.report]
    steps = [
        put(
            "access_log.append",
            [Access(seen.org, seen.now, seen.person, "pull", seen.device, None, seen.rows) for seen in pulls],
        ),
        put("devices.pulled", [(seen.device, seen.now) for seen in pulls]),
        put("devices.reported", reports),
    ]
    return [step for step in steps if step.params]
