"""Items: the rows of a list, read from memory."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

import strawberry

from gongzhi.core.actors.kinds import ActorKind
from gongzhi.core.catalogue import item as records
from gongzhi.core.catalogue import lists, reading
from gongzhi.core.catalogue.item import (
    Audience,
    BasisKind,
    Channel,
    CostKind,
    FieldKind,
    ItemStatus,
    LifeEvent,
    Verification,
)
from gongzhi.core.catalogue.lists import DispositionKind, FunctionKind, SubcommitteeKind
from gongzhi.core.catalogue.search import MAX_QUERY, SearchFilters
from gongzhi.graphql.access import PUBLIC
from gongzhi.graphql.arguments import ListArgument
from gongzhi.graphql.context import Context, Info
from gongzhi.graphql.fields import about, object_type, present, public
from gongzhi.graphql.money import Amount, Money
from gongzhi.graphql.relay import Listing, Node, connection, node_type

Root = strawberry.Parent[records.Item]


@object_type(records.Category)
class Category:
    """The heading that an item stands under."""

    code: str = public("Its code, stable within the list.")
    name: str = public("Its name in Chinese.")
    name_en: str = public("Its name in English.")


@object_type(records.LegalBasis)
class LegalBasis:
    """An instrument that an item rests on (CPSV-AP LegalResource). `verification` says how far it was checked."""

    name: str = public("The instrument's name.")
    name_en: str = public("Its name in English.")
    version: str = public("Which version of it.")
    article: str = public("Which article, where one is cited.")
    kind: BasisKind = public("What sort of instrument it is.")
    verification: Verification = public("How far the citation was checked.")


@object_type(records.Document)
class Document:
    """A paper that the user brings (CPSV-AP Evidence), or receives (CPSV-AP Output)."""

    name: str = public("What it is.")
    name_en: str = public("What it is, in English.")
    required: bool = public("Whether it is indispensable.")


@object_type(records.Cost)
class Cost:
    """What the user pays."""

    kind: CostKind = public("Free, subsidised, a statutory fee, or paid.")
    note: str = public("On what the amount depends.")

    @public("The amount; null where it depends.")
    def amount(root: strawberry.Parent[records.Cost]) -> Money | None:
        """From fen."""
        return None if root.fen is None else present(Amount(root.fen))


@object_type(records.FormField)
class FormField:
    """A field that an order for the item must fill in (Open311 service attribute)."""

    code: str = public("Its code.")
    name: str = public("Its label in Chinese.")
    name_en: str = public("Its label in English.")
    kind: FieldKind = public("What it takes.")
    required: bool = public("Whether it must be filled in.")
    choices: list[str] = public("What may be chosen, for a choice.")


@object_type(lists.FunctionAttributes)
class FunctionAttributes:
    """What a function of the residents' committee carries beyond the common fields."""

    kind: FunctionKind = public("Where it comes from.")
    subcommittee: SubcommitteeKind = public("The body of the committee that performs it.")


@object_type(lists.TaskAttributes)
class TaskAttributes:
    """What a task of a workstation carries beyond the common fields."""

    line_department: str = public("The line department that it serves.")
    line_department_en: str = public("The same in English.")
    proposed_disposition: DispositionKind | None = public("What is proposed to become of it.")


ItemAttributes = Annotated[
    FunctionAttributes | TaskAttributes,
    strawberry.union("ItemAttributes", description="What items of one list carry beyond the common fields."),
]


async def _load(context: Context, ids: Sequence[UUID]) -> dict[UUID, Any]:
    return await reading.items_by_ids(context.principal, context.catalogue, ids)


@node_type(records.Item, _load, settled=True)
class Item(Node):
    """One row of an edition: a service, a function or a task. The item of a published edition never changes."""

    code: str = public("Its code, the same in every edition of the list.")
    name: str = public("Its name in Chinese.")
    name_en: str = public("Its name in English.")
    description: str = public("What it is, in Chinese; empty where nothing is entered.")
    description_en: str = public("What it is, in English; empty where nothing is entered.")
    category: Category = public("The heading that it stands under.")
    keywords: list[str] = public("Words that it is looked for by.")
    audience: list[Audience] = public("Whom it is for.")
    life_events: list[LifeEvent] = public("The events in life that it belongs to (CPSV-AP LifeEvent).")
    competent: ActorKind | None = public("The kind of actor that answers for it.")
    provider: ActorKind | None = public("The kind of actor that provides it.")
    basis: list[LegalBasis] = public("What it rests on.")
    documents: list[Document] = public("What the user brings.")
    outputs: list[Document] = public("What the user receives.")
    channels: list[Channel] = public("How it reaches its user.")
    opening_hours: str = public("When it can be used, as people write it.")
    cost: Cost = public("What the user pays.")
    processing_days: int | None = public("Working days until it is done, where that is set.")
    promised_hours: int | None = public("Hours within which it is promised, where that is set.")
    form: list[FormField] = public("What an order for it must fill in.")
    status: ItemStatus = public("Whether it can be used now.")
    position: int = public("Its place in the edition, counted from 0.")
    list_slug: str = public("The slug of its list.")
    edition_number: int = public("The number of its edition.")

    @public("Codes of related items: `CODE` of its own list, `slug:CODE` of another.")
    def related_codes(root: Root) -> list[str]:
        """As entered."""
        return list(root.related)

    @public("The related items that are in force.")
    def related(root: Root, info: Info) -> list["Item"]:
        """From memory."""
        return present(reading.related(info.context.snapshot, root))

    @public("What items of its list carry beyond the common fields; null for lists that add none.")
    def attributes(root: Root) -> ItemAttributes | None:
        """The list's registered struct."""
        return None if isinstance(root.attributes, records.NoAttributes) else present(root.attributes)

    @public("For editing a draft: the version that `putItem` and `removeItem` name. Null once it is published.")
    def version(root: Root) -> int | None:
        """Only items of a draft have one."""
        return getattr(root, "version", None)


@strawberry.input(description="Which items: values of one filter are alternatives, filters combine.")
class ItemFilter:
    """The filters of a search."""

    lists: list[str] | None = strawberry.field(default=None, description="Slugs of lists.")
    categories: list[str] | None = strawberry.field(default=None, description="Codes of categories.")
    audiences: list[Audience] | None = strawberry.field(default=None, description="Whom they are for.")
    life_events: list[LifeEvent] | None = strawberry.field(default=None, description="Events in life.")
    providers: list[ActorKind] | None = strawberry.field(default=None, description="Kinds of actors that provide them.")
    competent: list[ActorKind] | None = strawberry.field(
        default=None, description="Kinds of actors that answer for them."
    )
    channels: list[Channel] | None = strawberry.field(default=None, description="How they reach their user.")
    status: list[ItemStatus] | None = strawberry.field(default=None, description="Whether they can be used now.")
    free: bool | None = strawberry.field(default=None, description="Free of charge, or not.")
    territory: str | None = strawberry.field(default=None, description="Offered today at this territory path.")

    def chosen(self) -> SearchFilters:
        """As the core takes them."""
        names = (name for name in SearchFilters.__struct_fields__ if name != "free")
        return SearchFilters(free=self.free, **{name: tuple(getattr(self, name) or ()) for name in names})


SearchText = Annotated[
    str,
    about(f"Words in Chinese, pinyin (`yanglao`), initials (`ylfw`) or English; at most {MAX_QUERY} characters."),
]
Filters = Annotated[ItemFilter | None, about("Which items; all if left out.")]


@strawberry.type
class ItemQuery:
    """Finding items in force."""

    @connection("Items in force of all lists: best match first, or in the order of the lists.", Item, PUBLIC)
    def items(self, info: Info, search: SearchText = "", filters: Filters = None) -> Listing:
        """From memory; a filter by territory costs one statement."""
        chosen = filters or ItemFilter()
        context = info.context
        return lambda page: reading.search(
            context.principal, context.snapshot, search, chosen.chosen(), chosen.territory, page
        )

    @public("The item in force of a code; null when there is none. INVALID when several lists have one of that code.")
    def item(
        self, info: Info, code: Annotated[str, about("The item's code.")], list: ListArgument = None
    ) -> Item | None:
        """From memory."""
        return present(reading.item_coded(info.context.snapshot, code, list))
