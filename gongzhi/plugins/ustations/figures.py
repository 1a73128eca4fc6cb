"""The published figures that the module's records give: F068 and F069."""

from collections.abc import Mapping

from gongzhi.api import FigureSource, Scenario, territory
from gongzhi.plugins.ustations.tables import Station


async def compute(scenario: Scenario) -> Mapping[str, int]:
    """Stations that are open, and communities with a station whose Love Bank works, on the day."""
    rows = await Station.select(Station.path, Station.love_bank_from).where(
        territory.path_clause(Station.path, scenario.path) & Station.closed_on.is_null()
    )
    pilots = {row["path"] for row in rows if row["love_bank_from"] and row["love_bank_from"] <= scenario.day}
    return {"u_stations": len(rows), "love_bank_pilots": len(pilots)}


FIGURES = (FigureSource(frozenset({"u_stations", "love_bank_pilots"}), compute),)
