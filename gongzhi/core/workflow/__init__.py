"""Workflows: a record's states and transitions, declared once, with deadlines in working days and gates.

`Workflow` declares, `take` and `advance` take a transition, `possible` says which the caller can take, `Timers` meets
deadlines, `Gate` lets one module require what another has decided.
"""

from gongzhi.core.workflow.calendar import Calendar
from gongzhi.core.workflow.declaration import Deadline, StatefulRecord, Step, Transition, Workflow
from gongzhi.core.workflow.gates import Gate, Passage
from gongzhi.core.workflow.taking import advance, possible, take
from gongzhi.core.workflow.timers import Timers

__all__ = [
    "Calendar",
    "Deadline",
    "Gate",
    "Passage",
    "StatefulRecord",
    "Step",
    "Timers",
    "Transition",
    "Workflow",
    "advance",
    "possible",
    "take",
]
