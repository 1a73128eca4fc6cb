"""What the members of the core's enums are called in Chinese and English, for files, exports and the API.

The terms are those of the glossary of the reference data. Each enum's labels are distinct, so that a file may use
them in place of codes.
"""

from collections.abc import Mapping
from enum import Enum
from functools import cache
from typing import Literal, TypeVar

from gongzhi.core.labels import actors, audit, catalogue, ledger, webhooks
from gongzhi.core.labels.shape import Labels

Language = Literal["zh", "en"]
E = TypeVar("E", bound=Enum)

LABELS: Labels = {**catalogue.LABELS, **actors.LABELS, **ledger.LABELS, **audit.LABELS, **webhooks.LABELS}
"""Every enum of the core that people get to see."""


def label_of(member: Enum, language: Language = "zh") -> str:
    """The label of one member; its value where a plugin's enum has no labels."""
    chinese, english = labels(type(member))[member]
    return english if language == "en" else chinese


@cache
def labels(kind: type[E]) -> Mapping[E, tuple[str, str]]:
    """Every member with its (Chinese, English) labels, in the order of declaration."""
    known = LABELS.get(kind)
    if known is None:
        return {member: (str(member.value), str(member.value)) for member in kind}
    return {member: known[member.name] for member in kind}
