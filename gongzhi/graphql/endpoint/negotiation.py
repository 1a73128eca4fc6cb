"""Which media type an answer has, and which status goes with it: GraphQL over HTTP, sections 4 to 6."""

from typing import Final, Literal

GRAPHQL: Final = "application/graphql-response+json"
JSON: Final = "application/json"
EVENTS: Final = "text/event-stream"
MediaType = Literal["application/graphql-response+json", "application/json", "text/event-stream"]
OFFERED: tuple[MediaType, ...] = (GRAPHQL, JSON, EVENTS)
LIKED: tuple[MediaType, ...] = (JSON, GRAPHQL)
"""Which one a client gets that does not mind: the first that it has not excluded."""


def accepted(accept: str | None) -> MediaType | None:
    """The media type to answer with, by the highest weight; None when the client accepts neither.

    A client that does not say gets `application/json`, as clients from before the specification expect. What it says
    of a type by name counts before what it says by wildcards (RFC 9110, 12.5.1).
    """
    if accept is None or not accept.strip():
        return JSON
    weights: dict[str, float] = {}
    for part in accept.split(","):
        name, *parameters = (text.strip().lower() for text in part.split(";"))
        weights.setdefault(name, _weight(parameters))
    wild = next((weights[name] for name in ("application/*", "*/*") if name in weights), 0.0)
    named = [kind for name in weights for kind in OFFERED if kind == name]
    best = max([*named, *LIKED], key=lambda kind: weights.get(kind, wild))
    return best if weights.get(best, wild) > 0 else None


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return min(max(float(value), 0.0), 1.0)
            except ValueError:
                return 0.0
    return 1.0


def is_json(content_type: str | None) -> bool:
    """Whether a request's body is JSON in UTF-8. Browsers send no such body across origins without asking first."""
    name, *parameters = (text.strip().lower() for text in (content_type or "").split(";"))
    charsets = [value.strip('" ') for key, _, value in (each.partition("=") for each in parameters) if key == "charset"]
    return name in (JSON, "application/graphql+json") and all(charset in ("utf-8", "utf8") for charset in charsets)


def prefers_html(accept: str | None) -> bool:
    """Whether somebody looks at the address with a browser, which asks for HTML before anything else."""
    return (accept or "").strip().lower().startswith("text/html")
