"""An edition that uses every part of an item, and one whose items say as little as they may."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from gongzhi.core.actors.kinds import ActorKind, OrganizationSubkind
from gongzhi.core.actors.records import Contact, Organization, OrganizationStatus
from gongzhi.core.catalogue.content import materialise
from gongzhi.core.catalogue.interop import Sources
from gongzhi.core.catalogue.item import (
    Audience,
    BasisKind,
    Category,
    Channel,
    Cost,
    CostKind,
    Document,
    ItemContent,
    ItemStatus,
    LegalBasis,
    LifeEvent,
    Verification,
)
from gongzhi.core.catalogue.lists import ListKind, ListRegistry
from gongzhi.core.catalogue.records import Edition, EditionState, Offering, OfferingStatus, ServiceList
from gongzhi.core.provenance import Provenance
from gongzhi.core.territory.records import Level, Territory
from gongzhi.data import reference_list

REGISTRY = ListRegistry()
DAY = date(2026, 1, 1)
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
BASE = "https://example.org/catalogue"
LAW = LegalBasis(
    name="某法",
    name_en="Some Act",
    version="2018修正",
    article="第一条",
    kind=BasisKind.law,
    verification=Verification.name_only,
)

FULL = ItemContent(
    code="B001",
    name="老年人助餐",
    name_en="Meals for elderly people",
    description="为老年人提供助餐。",
    description_en="Provides meals.",
    category=Category(code="C1", name="老有所养", name_en="Elderly care"),
    keywords=("助餐",),
    audience=(Audience.elderly,),
    life_events=(LifeEvent.retirement,),
    competent=ActorKind.department,
    basis=(LAW, LAW),
    documents=(Document(name="身份证", name_en="Identity card"), Document(name="病历", required=False)),
    outputs=(Document(name="用餐卡"),),
    channels=(Channel.online, Channel.site),
    opening_hours="工作日 9-17 时",
    cost=Cost(kind=CostKind.subsidised, fen=1250, note="每餐"),
    processing_days=5,
    related=("B002", "other:X1", "nowhere"),
)
BARE = ItemContent(code="B002", name="咨询", category=Category(code="C2", name="其他"), status=ItemStatus.suspended)


def identity(number: int) -> UUID:
    """A fixed id."""
    return UUID(int=number << 64 | 0x8000 << 48 | number, version=4)


def organization(
    number: int, code: str, kind: ActorKind, subkind: OrganizationSubkind, name_en: str = ""
) -> Organization:
    """An organization of the demo district."""
    return Organization(
        id=identity(number),
        version=1,
        code=code,
        kind=kind,
        subkind=subkind,
        name=f"组织{code}",
        name_en=name_en,
        path="/futian",
        parent=None,
        status=OrganizationStatus.active,
        merged_into=None,
        valid_from=None,
        valid_to=None,
        contact=Contact(phone="0755-1", email="a@example.org"),
        provenance=Provenance.synthetic,
    )


OWNER = organization(1, "D1", ActorKind.department, OrganizationSubkind.district_office, "District office")
CENTRE = organization(2, "S1", ActorKind.org, OrganizationSubkind.service_center)
PLACE = Territory(
    id=identity(3),
    version=1,
    code="440304",
    path="/futian",
    level=Level.district,
    name="福田区",
    name_en="Futian District",
    parent=None,
    valid_from=None,
    valid_to=None,
    population=None,
    provenance=Provenance.reference,
    note="",
)


def offering(number: int, code: str, by: Organization, status: OfferingStatus = OfferingStatus.active) -> Offering:
    """An offering of an item in the district."""
    return Offering(
        id=identity(number),
        version=1,
        list_slug="basic-services",
        item_code=code,
        path="/futian",
        organization=by.id,
        location="一楼大厅",
        location_en="Hall",
        schedule="周一至周五",
        capacity=None,
        contact=Contact(phone="0755-2", email="b@example.org", address="某路1号"),
        status=status,
        valid_from=DAY,
        valid_to=None,
        provenance=Provenance.synthetic,
    )


def sources(*contents: ItemContent, slug: str = "basic-services", **more: Any) -> Sources:
    """An edition of these items."""
    spec = REGISTRY.get(slug)
    listed = ServiceList(
        id=identity(10),
        version=1,
        slug=slug,
        name=spec.name,
        name_en=spec.name_en,
        kind=ListKind.services,
        owner="D1",
        provenance=Provenance.reference,
        provenance_note="",
        provenance_note_en="",
    )
    edition = Edition(
        id=identity(11),
        version=1,
        service_list=listed.id,
        number=1,
        label="参考版",
        label_en="Reference",
        state=EditionState.published,
        note="",
        provenance=Provenance.reference,
        digest="",
        item_count=len(contents),
        created_at=NOON,
        created_by=None,
        published_at=NOON,
        published_by=None,
        effective_from=DAY,
        withdrawn_from=None,
    )
    items = tuple(
        materialise(content, spec, item_id=identity(100 + n), edition_id=edition.id, edition_number=1, position=n)
        for n, content in enumerate(contents)
    )
    return Sources(service_list=listed, edition=edition, items=items, base_url=BASE, **more)


def everything() -> Sources:
    """Two items, one offered by two organizations."""
    offerings = (
        offering(20, "B001", CENTRE),
        offering(21, "B001", OWNER, OfferingStatus.suspended),
        offering(22, "B001", OWNER, OfferingStatus.closed),
    )
    return sources(FULL, BARE, organizations=(CENTRE,), offerings=offerings, territories=(PLACE,), owner=OWNER)


def reference(slug: str) -> Sources:
    """A whole reference list, with nothing else known."""
    return sources(*reference_list(slug).items, slug=slug)
