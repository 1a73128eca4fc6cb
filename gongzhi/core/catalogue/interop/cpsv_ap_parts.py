"""What a PublicService of CPSV-AP refers to: authorities, concepts, events, channels, costs, evidence, law."""

from enum import Enum
from typing import Any

from gongzhi.core.actors.kinds import ActorKind
from gongzhi.core.actors.records import Organization
from gongzhi.core.catalogue.interop.sources import Sources, actor_label, organization_kind
from gongzhi.core.catalogue.item import Channel, CostKind, Document, Item, ItemStatus, LegalBasis, LifeEvent
from gongzhi.core.labels import labels

Node = dict[str, Any]

CONTEXT = {
    "adms": "http://www.w3.org/ns/adms#",
    "cpsv": "http://purl.org/vocab/cpsv#",
    "cv": "http://data.europa.eu/m8g/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "eli": "http://data.europa.eu/eli/ontology#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "time": "http://www.w3.org/2006/time#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
"""The prefixes of the profile. The context stands in the document, so that it can be read without a network."""

YUAN = "http://publications.europa.eu/resource/authority/currency/CNY"
"""The renminbi yuan in the EU's table of currencies, which the profile recommends."""


def texts(chinese: str, english: str) -> list[dict[str, str]]:
    """Language-tagged literals; English is left out where there is none."""
    found = [{"@language": "zh", "@value": chinese.strip()}]
    if english.strip():
        found.append({"@language": "en", "@value": english.strip()})
    return found


class Parts:
    """The nodes of one export by address. Each method adds a node if it is new, and answers its address."""

    def __init__(self, sources: Sources) -> None:
        self.sources = sources
        self.nodes: dict[str, Node] = {}

    def add(self, node: Node) -> str:
        """Keep a node unless its address is taken; answers the address."""
        self.nodes.setdefault(node["@id"], node)
        return str(node["@id"])

    def publisher(self) -> str:
        """The owner of the list as the agent that publishes it, or the department that it stands for."""
        owner = self.sources.owner
        return self._organization(owner) if owner else self.authority(ActorKind.department)

    def authority(self, kind: ActorKind | None) -> str:
        """The competent authority: the list's owner if it is of that kind, else the kind of actor."""
        wanted = organization_kind(kind)
        owner = self.sources.owner
        if owner is not None and owner.kind is wanted:
            return self._organization(owner)
        return self._public_organization(f"kind-{wanted.value}", *actor_label(wanted), owner.path if owner else "/")

    def _organization(self, record: Organization) -> str:
        return self._public_organization(record.code, record.name, record.name_en, record.path)

    def _public_organization(self, code: str, name: str, name_en: str, path: str) -> str:
        """cv:PublicOrganisation: preferred label and spatial are mandatory; as foaf:Agent identifier and title."""
        return self.add(
            {
                "@id": self.sources.address("organizations", code),
                "@type": "cv:PublicOrganisation",
                "dct:identifier": code,
                "dct:title": texts(name, name_en),
                "skos:prefLabel": texts(name, name_en),
                "dct:spatial": [{"@id": self._area(path)}],
            }
        )

    def _area(self, path: str) -> str:
        """The administrative unit that an organization covers: the class atu-type of the profile."""
        place = self.sources.places.get(path)
        return self.add(
            {
                "@id": self.sources.address("territory", path.strip("/") or "root"),
                "@type": "http://data.europa.eu/88u/dataset/atu-type",
                "skos:prefLabel": texts(place.name, place.name_en) if place else texts(path, ""),
            }
        )

    def concept(self, member: Enum) -> str:
        """A skos:Concept of one of the catalogue's own vocabularies."""
        scheme = type(member).__name__.lower()
        return self._concept(scheme, str(member.value), *labels(type(member))[member])

    def status(self, status: ItemStatus) -> str:
        """The item's status as a concept."""
        return self.concept(status)

    def category(self, item: Item) -> str:
        """The heading of the list that the item stands under, as its thematic area."""
        category = item.category
        return self._concept(f"category-{item.list_slug}", category.code, category.name, category.name_en)

    def _concept(self, scheme: str, code: str, name: str, name_en: str) -> str:
        return self.add(
            {
                "@id": self.sources.address("concepts", scheme, code),
                "@type": "skos:Concept",
                "skos:notation": code,
                "skos:prefLabel": texts(name, name_en),
            }
        )

    def life_event(self, event: LifeEvent, service: str) -> str:
        """cv:LifeEvent: identifier and title are mandatory for an Event; it names the services that it groups."""
        address = self.add(
            {
                "@id": self.sources.address("life-events", event.value),
                "@type": "cv:LifeEvent",
                "dct:identifier": event.value,
                "dct:title": texts(*labels(LifeEvent)[event]),
                "cv:hasRelatedService": [],
            }
        )
        self.nodes[address]["cv:hasRelatedService"].append({"@id": service})
        return address

    def channel(self, item: Item, channel: Channel) -> str:
        """cv:Channel: identifier is mandatory. Opening hours are kept as people write them."""
        node = self._part(item, "channel", channel.value, "cv:Channel")
        node["dct:type"] = {"@id": self.concept(channel)}
        if item.opening_hours and channel is not Channel.online:
            hours = self._part(item, "hours", "1", "time:TemporalEntity")
            del hours["dct:identifier"]
            hours["dct:description"] = texts(item.opening_hours, "")
            node["cv:openingHours"] = [{"@id": self.add(hours)}]
        return self.add(node)

    def cost(self, item: Item) -> str:
        """cv:Cost: identifier is mandatory; a value only where the amount is known, in yuan. Free is 0."""
        node = self._part(item, "cost", "1", "cv:Cost")
        label, label_en = labels(CostKind)[item.cost.kind]
        node["dct:description"] = texts(f"{label}：{item.cost.note}" if item.cost.note else label, label_en)
        fen = 0 if item.cost.kind is CostKind.free else item.cost.fen
        if fen is not None:
            node["cv:hasValue"] = {"@type": "xsd:double", "@value": str(fen / 100)}
            node["cv:currency"] = {"@id": self.add({"@id": YUAN, "@type": "skos:Concept", "skos:notation": "CNY"})}
        return self.add(node)

    def evidence(self, item: Item, place: int) -> str:
        """cv:Evidence: identifier and title are mandatory."""
        return self._paper(item, "evidence", place, item.documents[place], "cv:Evidence")

    def output(self, item: Item, place: int) -> str:
        """cv:Output: identifier and title are mandatory."""
        return self._paper(item, "output", place, item.outputs[place], "cv:Output")

    def _paper(self, item: Item, kind: str, place: int, document: Document, type_: str) -> str:
        node = self._part(item, kind, str(place + 1), type_)
        node["dct:title"] = texts(document.name, document.name_en)
        return self.add(node)

    def legal_resource(self, basis: LegalBasis) -> str:
        """eli:LegalResource: the instrument in its version. The profile asks for no property; the title names it."""
        return self.add(
            {
                "@id": self._law(basis),
                "@type": "eli:LegalResource",
                "dct:title": texts(f"{basis.name} {basis.version}", basis.name_en),
                "dct:type": {"@id": self.concept(basis.kind)},
            }
        )

    def rule(self, basis: LegalBasis) -> str:
        """cpsv:Rule: identifier, title and description are mandatory. It is the article that is cited, by number."""
        code = self.sources.derived_id("rule", basis.name, basis.version, basis.article)
        checked = labels(type(basis.verification))[basis.verification]
        return self.add(
            {
                "@id": self.sources.address("rules", code),
                "@type": "cpsv:Rule",
                "dct:identifier": code,
                "dct:title": texts(f"{basis.name} {basis.article}", ""),
                "dct:description": texts(f"{basis.name} {basis.version} {basis.article}（{checked[0]}）", checked[1]),
                "cpsv:implements": [{"@id": self.legal_resource(basis)}],
            }
        )

    def _law(self, basis: LegalBasis) -> str:
        return self.sources.address("law", self.sources.derived_id("law", basis.name, basis.version))

    def _part(self, item: Item, kind: str, code: str, type_: str) -> Node:
        identifier = f"{item.list_slug}:{item.code}/{kind}/{code}"
        return {
            "@id": self.sources.address("items", item.list_slug, item.code, kind, code),
            "@type": type_,
            "dct:identifier": identifier,
        }
