"""CPSV-AP 3.2: every node against the cardinalities, ranges and datatypes of the profile's SHACL shapes."""

import json
from typing import Any

import msgspec
import pytest

from gongzhi.core.catalogue.interop import Sources, cpsv_ap
from gongzhi.core.catalogue.interop.cpsv_ap_parts import CONTEXT
from gongzhi.data import LISTS
from tests.core.catalogue.interop.samples import BARE, BASE, FULL, everything, reference, sources

TEXT, PLAIN, DURATION, DOUBLE = "langString", "literal", "xsd:duration", "xsd:double"
MANY = 10_000
ATU = "http://data.europa.eu/88u/dataset/atu-type"

SHAPES: dict[str, dict[str, tuple[int, int, str]]] = {
    "cpsv:PublicService": {  # PublicServiceShape
        "dct:identifier": (1, 1, PLAIN),
        "dct:title": (1, MANY, TEXT),
        "dct:description": (1, MANY, TEXT),
        "cv:hasCompetentAuthority": (1, MANY, "cv:PublicOrganisation"),
        "adms:status": (0, 1, "skos:Concept"),
        "cv:processingTime": (0, 1, DURATION),
        "dcat:keyword": (0, MANY, TEXT),
        "dct:audience": (0, MANY, "skos:Concept"),
        "cv:thematicArea": (0, MANY, "skos:Concept"),
        "cv:isGroupedBy": (0, MANY, "cv:LifeEvent"),
        "cv:hasChannel": (0, MANY, "cv:Channel"),
        "cv:hasCost": (0, MANY, "cv:Cost"),
        "cpsv:hasInput": (0, MANY, "cv:Evidence"),
        "cpsv:produces": (0, MANY, "cv:Output"),
        "cpsv:follows": (0, MANY, "cpsv:Rule"),
        "cv:hasLegalResource": (0, MANY, "eli:LegalResource"),
        "cv:relatedService": (0, MANY, "cpsv:PublicService"),
        "dct:isPartOf": (0, MANY, "dcat:Dataset"),
    },
    "cv:PublicOrganisation": {  # PublicOrganisationShape, and AgentShape for identifier and title
        "skos:prefLabel": (1, MANY, TEXT),
        "dct:spatial": (1, MANY, ATU),
        "dct:identifier": (1, 1, PLAIN),
        "dct:title": (1, MANY, TEXT),
    },
    "dcat:Dataset": {  # DatasetShape
        "dct:title": (1, MANY, TEXT),
        "dct:description": (1, MANY, TEXT),
        "dct:publisher": (1, 1, "cv:PublicOrganisation"),
        "dct:hasPart": (0, MANY, "cpsv:PublicService"),
        "dct:identifier": (0, MANY, PLAIN),
    },
    "cv:LifeEvent": {  # LifeEventShape and EventShape
        "dct:identifier": (1, 1, PLAIN),
        "dct:title": (1, MANY, TEXT),
        "cv:hasRelatedService": (0, MANY, "cpsv:PublicService"),
    },
    "cv:Channel": {  # ChannelShape
        "dct:identifier": (1, 1, PLAIN),
        "dct:type": (0, 1, "skos:Concept"),
        "cv:openingHours": (0, MANY, "time:TemporalEntity"),
    },
    "time:TemporalEntity": {"dct:description": (0, MANY, TEXT)},  # TemporalEntityShape
    "cv:Cost": {  # CostShape
        "dct:identifier": (1, 1, PLAIN),
        "cv:hasValue": (0, 1, DOUBLE),
        "cv:currency": (0, 1, "skos:Concept"),
        "dct:description": (0, MANY, TEXT),
    },
    "cv:Evidence": {"dct:identifier": (1, 1, PLAIN), "dct:title": (1, MANY, TEXT)},  # EvidenceShape
    "cv:Output": {"dct:identifier": (1, 1, PLAIN), "dct:title": (1, MANY, TEXT)},  # OutputShape
    "cpsv:Rule": {  # RuleShape
        "dct:identifier": (1, 1, PLAIN),
        "dct:title": (1, MANY, TEXT),
        "dct:description": (1, MANY, TEXT),
        "cpsv:implements": (0, MANY, "eli:LegalResource"),
    },
    "eli:LegalResource": {"dct:title": (0, MANY, TEXT), "dct:type": (0, MANY, "skos:Concept")},  # LegalResourceShape
    "skos:Concept": {"skos:notation": (0, MANY, PLAIN), "skos:prefLabel": (0, MANY, TEXT)},  # ConceptShape
    ATU: {"skos:prefLabel": (0, MANY, TEXT)},  # AdministrativeTerritorialUnitShape
}


def graph(given: Sources) -> dict[str, dict[str, Any]]:
    document = json.loads(cpsv_ap.export(given))
    assert document["@context"] == CONTEXT
    nodes = {node["@id"]: node for node in document["@graph"]}
    assert len(nodes) == len(document["@graph"])
    return nodes


def faults(nodes: dict[str, dict[str, Any]]) -> list[str]:
    """What a SHACL validator would report, and every property that the profile does not know."""
    found = []
    for address, node in nodes.items():
        shape = SHAPES[node["@type"]]
        found += [f"{address}: {name} is unknown" for name in node if name not in shape and not name.startswith("@")]
        for name, (least, most, kind) in shape.items():
            values = node.get(name, [])
            values = values if isinstance(values, list) else [values]
            if not least <= len(values) <= most:
                found.append(f"{address}: {name} occurs {len(values)} times")
            found += [f"{address}: {name} is no {kind}: {value}" for value in values if not fits(value, kind, nodes)]
    return found


def fits(value: Any, kind: str, nodes: dict[str, dict[str, Any]]) -> bool:
    if kind == PLAIN:
        return isinstance(value, str) and bool(value)
    if kind == TEXT:
        return set(value) == {"@language", "@value"} and value["@language"] in ("zh", "en") and bool(value["@value"])
    if kind in (DURATION, DOUBLE):
        return bool(value["@type"] == kind and value["@value"])
    return set(value) == {"@id"} and nodes.get(value["@id"], {}).get("@type") == kind


@pytest.mark.parametrize("slug", LISTS)
def test_reference_lists_conform(slug: str) -> None:
    given = reference(slug)
    nodes = graph(given)
    assert faults(nodes) == []
    assert sum(node["@type"] == "cpsv:PublicService" for node in nodes.values()) == len(given.items)


def test_a_full_item_uses_every_class_and_conforms() -> None:
    nodes = graph(everything())
    assert faults(nodes) == []
    assert {node["@type"] for node in nodes.values()} == set(SHAPES)
    service = nodes[f"{BASE}/items/basic-services/B001"]
    assert service["dct:title"] == [
        {"@language": "zh", "@value": FULL.name},
        {"@language": "en", "@value": FULL.name_en},
    ]
    assert service["cv:processingTime"] == {"@type": "xsd:duration", "@value": "P5D"}
    assert service["cv:hasCompetentAuthority"] == [{"@id": f"{BASE}/organizations/D1"}]
    assert service["cv:relatedService"] == [{"@id": f"{BASE}/items/basic-services/B002"}]
    assert len(service["cv:hasLegalResource"]) == len(service["cpsv:follows"]) == 1
    cost = nodes[f"{BASE}/items/basic-services/B001/cost/1"]
    assert cost["cv:hasValue"] == {"@type": "xsd:double", "@value": "12.5"}


def test_what_is_lacking_is_said_by_name_and_not_invented() -> None:
    nodes = graph(sources(BARE))
    assert faults(nodes) == []
    service = nodes[f"{BASE}/items/basic-services/B002"]
    assert service["dct:description"] == [{"@language": "zh", "@value": "其他：咨询"}]
    assert service["cv:hasCompetentAuthority"] == [{"@id": f"{BASE}/organizations/kind-department"}]
    assert not {"cv:hasLegalResource", "cpsv:follows", "cv:hasChannel", "cv:processingTime"} & set(service)


def test_the_check_finds_faults() -> None:
    nodes = graph(everything())
    service = nodes[f"{BASE}/items/basic-services/B001"]
    del service["dct:description"]
    service["cv:hasCompetentAuthority"] = [{"@id": "nowhere"}]
    service["dct:identifier"] = ["a", "b"]
    assert len(faults(nodes)) == 3


def test_the_order_in_which_organizations_and_offerings_come_changes_nothing() -> None:
    given = everything()
    turned = msgspec.structs.replace(
        given,
        organizations=given.organizations[::-1],
        offerings=given.offerings[::-1],
        territories=given.territories[::-1],
    )
    first = cpsv_ap.export(given)
    assert cpsv_ap.export(turned) == first
