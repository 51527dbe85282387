"""How the interpreter is set for an office that serves; done once by whoever starts one."""

from __future__ import annotations

import gc
import sys


def settle() -> None:
    """Let the two threads of a push take turns quickly, and the collector look seldom.

    Deciding a thousand notes makes tens of thousands of small objects and hardly a cycle: with the usual thresholds
    the collector takes a fifth of the time of a push. What start-up made stays, and need not be looked at again.
    """
    sys.setswitchinterval(0.0001)
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
