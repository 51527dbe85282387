"""A plan as it is read, living or signed. Twin of web/pocket/pages/plan_view.ts."""

from __future__ import annotations

from typing import Any

import msgspec

from sync.records.participant import Goal, ParticipantFields
from sync.records.plan import PlanFields


def plan_view(plan: ParticipantFields | PlanFields) -> dict[str, Any]:
    """View of templates/shared/plan.html."""
    return {
        "vision": plan.vision, "strengths": plan.strengths, "supports": plan.supports, "review_on": plan.review_on,
        "goals": [_goal_view(goal) for goal in plan.goals],
    }  # fmt: skip


def _goal_view(goal: Goal) -> dict[str, Any]:
    return {
        "id": goal.id, "words": goal.words, "dimension": goal.dimension, "why": goal.why, "status": goal.status,
        "closed_on": goal.closed_on, "steps": [msgspec.structs.asdict(step) for step in goal.steps],
    }  # fmt: skip
