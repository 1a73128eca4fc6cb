"""The published figures beside the values that the records give."""

from typing import Annotated

import strawberry
from strawberry.scalars import JSON

from gongzhi.core.figures.registry import Figure as FigureRecord
from gongzhi.core.figures.registry import Qualifier, Scenario
from gongzhi.graphql.access import Needs
from gongzhi.graphql.arguments import On
from gongzhi.graphql.context import Info
from gongzhi.graphql.fields import about, field, object_type, present, viewer


@object_type(FigureRecord)
class Figure:
    """A published figure beside the value that the records give now."""

    computed: JSON | None = viewer("What the records give; null where nothing computes it yet.")
    computed_by: str | None = viewer("Which module computes it; null for none yet.")
    agrees: bool | None = viewer("Whether both agree to the precision published; null where they cannot be compared.")

    @viewer("Its number in the source, such as F01.")
    def code(root: strawberry.Parent[FigureRecord]) -> str:
        """From the source article."""
        return root.published.code

    @viewer("Its key.")
    def key(root: strawberry.Parent[FigureRecord]) -> str:
        """From the source article."""
        return root.published.key

    @viewer("What it is about, in Chinese.")
    def subject(root: strawberry.Parent[FigureRecord]) -> str:
        """From the source article."""
        return root.published.subject

    @viewer("What it is about, in English.")
    def subject_en(root: strawberry.Parent[FigureRecord]) -> str:
        """From the source article."""
        return root.published.subject_en

    @viewer("The published value, in base units.")
    def published(root: strawberry.Parent[FigureRecord]) -> JSON:
        """From the source article."""
        return present(root.published.value)

    @viewer("The unit, in Chinese.")
    def unit(root: strawberry.Parent[FigureRecord]) -> str:
        """From the source article."""
        return root.published.unit

    @viewer("The unit, in English.")
    def unit_en(root: strawberry.Parent[FigureRecord]) -> str:
        """From the source article."""
        return root.published.unit_en

    @viewer("How exactly the source states it.")
    def qualifier(root: strawberry.Parent[FigureRecord]) -> Qualifier:
        """From the source article."""
        return root.published.qualifier

    @viewer("A remark.")
    def note(root: strawberry.Parent[FigureRecord]) -> str:
        """From the source article."""
        return root.published.note


@strawberry.type
class FigureQuery:
    """The published figures."""

    @field("Every published figure beside the value that the records give.", Needs("figures.figure", "read"))
    async def figures(
        self,
        info: Info,
        path: Annotated[str, about("The district's path.")] = "/futian",
        on: On = None,
    ) -> list[Figure] | None:
        """A constant number of statements."""
        services = info.context.services
        scenario = Scenario(catalogue=services.catalogue, path=path, day=on or info.context.today)
        return present(await services.figures.figures(services.published_figures, scenario))
