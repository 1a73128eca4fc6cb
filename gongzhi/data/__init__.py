"""Reference data: the lists, the territory, and what the source article states, each read when it is asked for.

All of it is marked `reference`: compiled from public sources, of the published size, not the official texts. A district
imports its own lists as the next editions.
"""

from gongzhi.data.loading import LISTS, calendar, figures, glossary, mechanisms, reference_list, sources, territory
from gongzhi.data.records import (
    Confidence,
    ListProvenance,
    Mechanism,
    MechanismKind,
    Place,
    PlaceSource,
    ReferenceList,
    Source,
    Term,
    Year,
)

__all__ = [
    "LISTS",
    "Confidence",
    "ListProvenance",
    "Mechanism",
    "MechanismKind",
    "Place",
    "PlaceSource",
    "ReferenceList",
    "Source",
    "Term",
    "Year",
    "calendar",
    "figures",
    "glossary",
    "mechanisms",
    "reference_list",
    "sources",
    "territory",
]
