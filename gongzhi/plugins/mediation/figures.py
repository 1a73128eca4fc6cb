"""The published figures that the module's records give: F041 and F042."""

from collections.abc import Mapping

from gongzhi.api import FigureSource, Scenario, in_force, territory
from gongzhi.plugins.mediation.tables import Adviser, Consultation


async def compute(scenario: Scenario) -> Mapping[str, int]:
    """Communities with an adviser in office on the day, and the kinds of legal service given up to then."""
    advised = (
        await Adviser.select(Adviser.path)
        .distinct()
        .where(territory.path_clause(Adviser.path, scenario.path))
        .where(in_force(Adviser.valid_from, Adviser.valid_to, scenario.day))
    )
    given = (
        await Consultation.select(Consultation.service)
        .distinct()
        .where(territory.path_clause(Consultation.path, scenario.path))
        .where(Consultation.on <= scenario.day)
    )
    return {"legal_adviser_communities": len(advised), "legal_five": len(given)}


FIGURES = (FigureSource(frozenset({"legal_adviser_communities", "legal_five"}), compute),)
