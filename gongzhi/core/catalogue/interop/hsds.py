"""HSDS 3 (Human Services Data Specification) in JSON: services with their organization, places, costs and terms.

The document is the specification's list response (`total_items`, `contents` …) on one page. Field names, enums and
required fields are those of its schemas. A service belongs to one organization there; here an item is offered by many.
So each item becomes one service for every organization that offers it, or one for the list's owner or the competent
kind of actor where nobody offers it yet. An address is not exported as one, since the specification wants city,
province and postal code, which offerings do not hold: it stands in the location's description.
"""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import msgspec

from gongzhi.core.catalogue.interop.sources import Sources, actor_label, description_of, organization_kind
from gongzhi.core.catalogue.item import CostKind, Item, ItemStatus
from gongzhi.core.catalogue.records import Offering, OfferingStatus
from gongzhi.core.labels import label_of, labels

Record = dict[str, Any]

STATUS = {ItemStatus.active: "active", ItemStatus.suspended: "temporarily closed", ItemStatus.retired: "defunct"}
"""The item's status as service.status, whose enum is active, inactive, defunct, temporarily closed."""


def export(sources: Sources) -> bytes:
    """The JSON document in UTF-8: same sources, same bytes. Services stand in the order of the list."""
    services = list(_services(sources))
    page: Record = {
        "total_items": len(services),
        "total_pages": 1,
        "page_number": 1,
        "size": len(services),
        "first_page": True,
        "last_page": True,
        "empty": not services,
        "contents": services,
    }
    return msgspec.json.format(msgspec.json.encode(page), indent=1) + b"\n"


def _services(sources: Sources) -> Iterator[Record]:
    offered: dict[tuple[str, str], dict[UUID, list[Offering]]] = {}
    for offering in sorted(sources.offerings, key=lambda each: str(each.id)):
        if offering.status is not OfferingStatus.closed and offering.organization in sources.by_id:
            by_provider = offered.setdefault((offering.list_slug, offering.item_code), {})
            by_provider.setdefault(offering.organization, []).append(offering)
    for item in sources.items:
        providers = offered.get((item.list_slug, item.code), {})
        for provider, offerings in providers.items():
            yield _service(item, _provider(provider, sources), offerings, sources)
        if not providers:
            yield _service(item, _authority(item, sources), [], sources)


def _service(item: Item, organization: Record, offerings: list[Offering], sources: Sources) -> Record:
    key = sources.derived_id("service", item.code, organization["id"])
    chinese, english = description_of(item)
    status = STATUS[item.status]
    if offerings and status == "active" and all(each.status is OfferingStatus.suspended for each in offerings):
        status = "temporarily closed"
    service: Record = {
        "id": key,
        "organization_id": organization["id"],
        "name": item.name,
        "alternate_name": item.name_en,
        "description": f"{chinese}\n{english}".strip(),
        "status": status,
        "fees_description": item.cost.note or label_of(item.cost.kind),
        "eligibility_description": "、".join(label_of(audience) for audience in item.audience),
        "organization": organization,
        "cost_options": [_cost(item, key, sources)],
        "required_documents": list(_documents(item, key, sources)),
        "schedules": _schedules(item.opening_hours, key, "service_id", sources),
        "service_at_locations": [_at_location(offering, key, sources) for offering in offerings],
        "attributes": list(_attributes(item, key, sources)),
    }
    return {name: value for name, value in service.items() if value not in ("", [])}


def _provider(key: UUID, sources: Sources) -> Record:
    record = sources.by_id[key]
    place = sources.places.get(record.path)
    described = f"{place.name if place else record.path}{label_of(record.subkind)}"
    found: Record = {"id": str(record.id), "name": record.name, "alternate_name": record.name_en}
    found |= {"description": described, "email": record.contact.email}
    if record.contact.phone:
        number = {"id": sources.derived_id("phone", str(record.id)), "number": record.contact.phone}
        found["phones"] = [{**number, "organization_id": str(record.id)}]
    return {name: value for name, value in found.items() if value}


def _authority(item: Item, sources: Sources) -> Record:
    """The organization of a service that nobody offers: the list's owner if it is competent, else the kind."""
    kind = organization_kind(item.competent)
    if sources.owner is not None and sources.owner.kind is kind:
        return _provider(sources.owner.id, sources)
    chinese, english = actor_label(kind)
    key = sources.derived_id("organization", kind.value)
    return {"id": key, "name": chinese, "alternate_name": english, "description": f"{chinese} ({english})"}


def _cost(item: Item, service: str, sources: Sources) -> Record:
    """An amount only where it is known: 0 for what is free, yuan otherwise."""
    cost: Record = {
        "id": sources.derived_id("cost", service),
        "service_id": service,
        "option": label_of(item.cost.kind),
    }
    fen = 0 if item.cost.kind is CostKind.free else item.cost.fen
    if fen is not None:
        cost |= {"currency": "cny", "amount": fen / 100}
    if item.cost.note:
        cost["amount_description"] = item.cost.note
    return cost


def _documents(item: Item, service: str, sources: Sources) -> Iterator[Record]:
    for place, document in enumerate(item.documents):
        if document.required:
            key = sources.derived_id("document", service, str(place))
            yield {"id": key, "service_id": service, "document": document.name}


def _schedules(hours: str, key: str, link: str, sources: Sources) -> list[Record]:
    """Opening hours as people write them; no recurrence is guessed from the text."""
    return [{"id": sources.derived_id("schedule", key), link: key, "description": hours}] if hours else []


def _at_location(offering: Offering, service: str, sources: Sources) -> Record:
    key = str(offering.id)
    location = _location(offering, sources)
    found: Record = {"id": key, "service_id": service, "location_id": location["id"], "location": location}
    found["schedules"] = _schedules(offering.schedule, key, "service_at_location_id", sources)
    found["phones"] = _phones(offering, sources)
    if offering.contact.email:
        contact = {"id": sources.derived_id("contact", key), "service_at_location_id": key}
        found["contacts"] = [{**contact, "email": offering.contact.email}]
    return {name: value for name, value in found.items() if value != []}


def _phones(offering: Offering, sources: Sources) -> list[Record]:
    if not offering.contact.phone:
        return []
    key = str(offering.id)
    return [{"id": sources.derived_id("phone", key), "number": offering.contact.phone, "service_at_location_id": key}]


def _location(offering: Offering, sources: Sources) -> Record:
    place = sources.places.get(offering.path)
    found: Record = {
        "id": sources.derived_id("location", offering.path, str(offering.organization), offering.location),
        "location_type": "physical",
        "organization_id": str(offering.organization),
        "name": offering.location or (place.name if place else offering.path),
        "alternate_name": offering.location_en or (place.name_en if place and not offering.location else ""),
        "description": offering.contact.address,
        "external_identifier": place.code if place else "",
        "external_identifier_type": "gongzhi territory code" if place else "",
    }
    return {name: value for name, value in found.items() if value}


def _attributes(item: Item, service: str, sources: Sources) -> Iterator[Record]:
    """The category, audience, life events and channels as terms of taxonomies."""
    category = item.category
    terms = [("category", category.code, category.name, category.name_en)]
    for member in (*item.audience, *item.life_events, *item.channels):
        terms.append((type(member).__name__, member.value, *labels(type(member))[member]))
    for taxonomy, code, name, english in dict.fromkeys(terms):
        term = {
            "id": sources.derived_id("term", taxonomy, code),
            "code": code,
            "name": name,
            "description": english or name,
            "taxonomy": sources.address("concepts", taxonomy.lower()),
        }
        key = sources.derived_id("attribute", service, taxonomy, code)
        yield {
            "id": key,
            "link_id": service,
            "link_entity": "service",
            "link_type": taxonomy.lower(),
            "taxonomy_term_id": term["id"],
            "taxonomy_term": term,
        }
