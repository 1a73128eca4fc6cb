"""HSDS 3: every record against the required fields, formats and enums of the specification's schemas."""

import json
from typing import Any
from uuid import UUID

import msgspec
import pytest

from gongzhi.core.catalogue.interop import Sources, hsds
from gongzhi.core.catalogue.item import Cost, CostKind
from gongzhi.data import LISTS
from tests.core.catalogue.interop.samples import BARE, CENTRE, FULL, OWNER, everything, reference, sources

Record = dict[str, Any]

REQUIRED: dict[str, set[str]] = {  # schema/<name>.json, required and, for links, tabular_required
    "service": {"id", "name", "status", "organization_id"},
    "organization": {"id", "name", "description"},
    "service_at_location": {"id", "service_id", "location_id"},
    "location": {"id", "location_type"},
    "phone": {"id", "number"},
    "contact": {"id"},
    "schedule": {"id"},
    "cost_option": {"id", "service_id"},
    "required_document": {"id"},
    "attribute": {"id", "link_id", "taxonomy_term_id", "link_entity"},
    "taxonomy_term": {"id", "name", "description"},
}
ALLOWED: dict[str, set[str]] = {  # the other properties of those schemas that the export uses
    "service": {"alternate_name", "description", "fees_description", "eligibility_description"},
    "organization": {"alternate_name", "email"},
    "service_at_location": set(),
    "location": {
        "organization_id",
        "name",
        "alternate_name",
        "description",
        "external_identifier",
        "external_identifier_type",
    },
    "phone": {"organization_id", "service_at_location_id"},
    "contact": {"service_at_location_id", "email"},
    "schedule": {"service_id", "service_at_location_id", "description"},
    "cost_option": {"option", "currency", "amount", "amount_description"},
    "required_document": {"service_id", "document"},
    "attribute": {"link_type"},
    "taxonomy_term": {"code", "taxonomy"},
}
ENUMS = {
    ("service", "status"): {"active", "inactive", "defunct", "temporarily closed"},
    ("location", "location_type"): {"physical", "postal", "virtual"},
}
CHILDREN = {
    "organization": "organization",
    "service_at_locations": "service_at_location",
    "location": "location",
    "phones": "phone",
    "contacts": "contact",
    "schedules": "schedule",
    "cost_options": "cost_option",
    "required_documents": "required_document",
    "attributes": "attribute",
    "taxonomy_term": "taxonomy_term",
}


def page(given: Sources) -> Record:
    found: Record = json.loads(hsds.export(given))
    return found


def faults(kind: str, record: Record) -> list[str]:
    found = [f"{kind}: {name} is missing" for name in REQUIRED[kind] if not record.get(name)]
    for name, value in record.items():
        if name in CHILDREN:
            for child in value if isinstance(value, list) else [value]:
                found += faults(CHILDREN[name], child)
        elif name not in REQUIRED[kind] | ALLOWED[kind]:
            found.append(f"{kind}: {name} is unknown")
        elif name == "id" or name.endswith("_id"):
            found += [] if str(UUID(value)) == value else [f"{kind}: {name} is no UUID"]
        elif value not in ENUMS.get((kind, name), {value}):
            found.append(f"{kind}: {name} is {value}")
    return found


@pytest.mark.parametrize("slug", LISTS)
def test_reference_lists_conform(slug: str) -> None:
    given = reference(slug)
    found = page(given)
    assert found["total_items"] == found["size"] == len(found["contents"]) == len(given.items)
    assert [fault for service in found["contents"] for fault in faults("service", service)] == []
    assert len({service["id"] for service in found["contents"]}) == len(given.items)


def test_an_item_is_a_service_for_each_organization_that_offers_it() -> None:
    services = page(everything())["contents"]
    assert [fault for service in services for fault in faults("service", service)] == []
    assert [(each["name"], each["organization_id"], each["status"]) for each in services] == [
        (FULL.name, str(CENTRE.id), "active"),
        (FULL.name, str(OWNER.id), "temporarily closed"),
        (BARE.name, str(OWNER.id), "temporarily closed"),
    ]
    assert [len(each.get("service_at_locations", [])) for each in services] == [1, 1, 0]
    place = services[0]["service_at_locations"][0]
    assert place["location"]["name"] == "一楼大厅"
    assert place["phones"][0]["number"] == "0755-2"
    assert [document["document"] for document in services[0]["required_documents"]] == ["身份证"]
    assert services[0]["cost_options"][0]["amount"] == 12.5


def test_what_nobody_offers_belongs_to_the_kind_of_actor() -> None:
    (service,) = page(sources(BARE))["contents"]
    assert service["organization"]["name"] == "政府部门"
    assert service["description"] == "其他：咨询"
    assert "service_at_locations" not in service


def test_an_unknown_amount_is_left_out() -> None:
    paid = msgspec.structs.replace(BARE, cost=Cost(kind=CostKind.paid))
    (service,) = page(sources(paid))["contents"]
    assert "amount" not in service["cost_options"][0]
    assert service["fees_description"] == "有偿"


def test_the_check_finds_faults() -> None:
    service = page(everything())["contents"][0]
    service["status"] = "retired"
    del service["organization"]["description"]
    service["invented"] = "x"
    assert sorted(faults("service", service)) == [
        "organization: description is missing",
        "service: invented is unknown",
        "service: status is retired",
    ]


def test_the_order_in_which_organizations_and_offerings_come_changes_nothing() -> None:
    given = everything()
    turned = msgspec.structs.replace(
        given,
        organizations=given.organizations[::-1],
        offerings=given.offerings[::-1],
        territories=given.territories[::-1],
    )
    first = hsds.export(given)
    assert hsds.export(turned) == first
