"""CPSV-AP 3.2 in JSON-LD: a list's edition as a Dataset of PublicServices, with what they refer to in one graph.

Names are the compact forms of the IRIs in the context of the profile (SEMICeu CPSV-AP, release 3.2.0); cardinalities
follow its SHACL shapes. An item's competent authority is known by its kind only, unless the list has an owner of that
kind: it is then exported as a PublicOrganisation of that name over the territory of the list's owner. BusinessEvent is
not used, since the catalogue's events are those of persons; an item's legal bases become LegalResources and, where an
article is cited, a Rule that implements the instrument.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from gongzhi.core.catalogue.interop.cpsv_ap_parts import CONTEXT, Node, Parts, texts
from gongzhi.core.catalogue.interop.sources import Sources, description_of
from gongzhi.core.catalogue.item import Item


def export(sources: Sources) -> bytes:
    """The JSON-LD document in UTF-8: same sources, same bytes. Nodes are sorted by their address."""
    parts = Parts(sources)
    for item in sources.items:
        parts.add(_service(item, sources, parts))
    parts.add(_dataset(sources, parts))
    graph = [parts.nodes[address] for address in sorted(parts.nodes)]
    return msgspec.json.format(msgspec.json.encode({"@context": CONTEXT, "@graph": graph}), indent=1) + b"\n"


def _dataset(sources: Sources, parts: Parts) -> Node:
    """dcat:Dataset: title, description and publisher are mandatory."""
    listed = sources.service_list
    note = listed.provenance_note or listed.name
    return {
        "@id": sources.address("lists", listed.slug, str(sources.edition.number)),
        "@type": "dcat:Dataset",
        "dct:identifier": f"{listed.slug}-{sources.edition.number}",
        "dct:title": texts(f"{listed.name} {sources.edition.label}", f"{listed.name_en} {sources.edition.label_en}"),
        "dct:description": texts(note, listed.provenance_note_en or listed.name_en),
        "dct:publisher": {"@id": parts.publisher()},
        "dct:hasPart": [{"@id": _address(item.code, sources)} for item in sources.items],
    }


def _service(item: Item, sources: Sources, parts: Parts) -> Node:
    node: Node = {
        "@id": _address(item.code, sources),
        "@type": "cpsv:PublicService",
        "dct:identifier": f"{item.list_slug}:{item.code}",
        "dct:title": texts(item.name, item.name_en),
        "dct:description": texts(*description_of(item)),
        "cv:hasCompetentAuthority": [{"@id": parts.authority(item.competent)}],
        "dct:isPartOf": [{"@id": sources.address("lists", item.list_slug, str(item.edition_number))}],
        "adms:status": {"@id": parts.status(item.status)},
        "cv:thematicArea": [{"@id": parts.category(item)}],
    }
    node.update({name: value for name, value in _optional(item, sources, parts) if value})
    if item.processing_days is not None:
        node["cv:processingTime"] = {"@type": "xsd:duration", "@value": f"P{item.processing_days}D"}
    return node


def _optional(item: Item, sources: Sources, parts: Parts) -> Iterator[tuple[str, Any]]:
    yield "dcat:keyword", [{"@language": "zh", "@value": word} for word in item.keywords]
    yield "dct:audience", _links(parts.concept(audience) for audience in item.audience)
    yield "cv:isGroupedBy", _links(parts.life_event(event, _address(item.code, sources)) for event in item.life_events)
    yield "cv:hasChannel", _links(parts.channel(item, channel) for channel in item.channels)
    yield "cv:hasCost", [{"@id": parts.cost(item)}]
    yield "cpsv:hasInput", _links(parts.evidence(item, place) for place in range(len(item.documents)))
    yield "cpsv:produces", _links(parts.output(item, place) for place in range(len(item.outputs)))
    yield "cv:hasLegalResource", _links(dict.fromkeys(parts.legal_resource(basis) for basis in item.basis))
    yield "cpsv:follows", _links(dict.fromkeys(parts.rule(basis) for basis in item.basis if basis.article))
    known = {other.code for other in sources.items}
    own = [code.removeprefix(f"{item.list_slug}:") for code in item.related]
    yield "cv:relatedService", _links(_address(code, sources) for code in own if code in known)


def _links(addresses: Any) -> list[dict[str, str]]:
    return [{"@id": address} for address in addresses]


def _address(code: str, sources: Sources) -> str:
    return sources.address("items", sources.service_list.slug, code)
