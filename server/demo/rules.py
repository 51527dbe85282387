"""The demo organisation's rules, as the profile `virginia@1` has them; a test holds the two together."""

from __future__ import annotations

from typing import Any, Final

UNITS: Final[dict[str, Any]] = {"max_per_day": 16, "period": "calendar_year", "max_per_period": 3600}
RULES: Final[dict[str, Any]] = {
    "profile": "virginia@1",
    "billing": {
        "unpaid_kinds": ["attempt_no_show", "own_time", "outreach"],
        "group_max": 10,
        "is_goal_needed": True,
        "is_volunteer_paid": False,
        "is_transport_paid": False,
    },
}
