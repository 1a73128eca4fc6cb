"""What was sent: an operation, from a body, an address or a message."""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from gongzhi.core.errors import Invalid

_KEY = re.compile(r"[\x20-\x7e]{1,255}")
_ESCAPED = re.compile(r"\\([\"\\])")


class Operation(msgspec.Struct, frozen=True, rename="camel"):
    """A request's parameters. Other members are ignored, as the specification asks."""

    query: str | None = None
    variables: dict[str, Any] | None = None
    operation_name: str | None = None
    extensions: dict[str, Any] | None = None

    @property
    def digest(self) -> str | None:
        """The SHA-256 by which a registered document is named (`extensions.persistedQuery.sha256Hash`).

        :raises Invalid: it is named in a way that is not understood.
        """
        named = (self.extensions or {}).get("persistedQuery")
        if named is None:
            return None
        digest = named.get("sha256Hash") if isinstance(named, dict) else None
        if not isinstance(digest, str) or named.get("version", 1) != 1:
            remedy = 'write it as {"version": 1, "sha256Hash": "<64 hexadecimal digits>"}'
            raise Invalid.at("extensions.persistedQuery", "it names no document", remedy)
        return digest

    @property
    def idempotency_key(self) -> str | None:
        """What names this request when it is sent again (`extensions.idempotencyKey`, or the header in its stead).

        :raises Invalid: it is no such name.
        """
        key = (self.extensions or {}).get("idempotencyKey")
        if key is not None and not (isinstance(key, str) and _KEY.fullmatch(key)):
            raise Invalid.at("idempotencyKey", "it is no idempotency key", "write 1 to 255 printable ASCII characters")
        return key

    def with_idempotency_key(self, header: str | None) -> "Operation":
        """The same with the key of a header: a string as RFC 8941 quotes it, or the bare characters.

        :raises Invalid: the request itself has another one.
        """
        if header is None:
            return self
        key = header.strip()
        if len(key) > 1 and key[0] == key[-1] == '"':
            key = _ESCAPED.sub(r"\1", key[1:-1])
        if (self.extensions or {}).get("idempotencyKey", key) != key:
            raise Invalid.at("idempotencyKey", "header and extensions have different ones", "send it in one place")
        return msgspec.structs.replace(self, extensions={**(self.extensions or {}), "idempotencyKey": key})

    @property
    def asks_for_cost(self) -> bool:
        """Whether the answer is to say what it costs: `extensions: {"cost": true}`."""
        return (self.extensions or {}).get("cost") is True


def from_body(body: bytes) -> Operation:
    """The operation in a JSON body, or Invalid."""
    try:
        return _with_document(msgspec.json.decode(body, type=Operation))
    except msgspec.ValidationError as error:
        raise Invalid(f"The body is no GraphQL request: {error}. It is an object with `query`.") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Invalid(f"The body is not JSON in UTF-8: {error}.") from None
    except RecursionError:
        raise Invalid("The body is nested too deeply.") from None


def from_address(sent: Mapping[str, str], digest: str | None = None) -> Operation:
    """The operation in the parameters of an address, or Invalid. `digest` names a registered document in its stead."""
    try:
        members = {name: msgspec.json.decode(sent[name]) for name in ("variables", "extensions") if sent.get(name)}
        if digest is not None:
            members["extensions"] = {**members.get("extensions", {}), "persistedQuery": {"sha256Hash": digest}}
        elif "query" in sent:
            members["query"] = sent["query"]
        named = {"operationName": sent["operationName"]} if sent.get("operationName") else {}
        operation = msgspec.convert({**named, **members}, Operation)
    except (msgspec.MsgspecError, UnicodeError, RecursionError, TypeError) as error:
        raise Invalid(f"`variables` and `extensions` are JSON objects: {error}.") from None
    if operation.query is None and operation.digest is None:
        raise Invalid.at("query", "the address carries no `query`", "send one, or use POST")
    return operation


def from_payload(payload: object) -> Operation:
    """The operation in a message, or Invalid."""
    try:
        return _with_document(msgspec.convert(payload, Operation))
    except (msgspec.ValidationError, RecursionError) as error:
        raise Invalid(f"The payload is no GraphQL request: {error}. It is an object with `query`.") from None


def _with_document(operation: Operation) -> Operation:
    if operation.query is None and operation.digest is None:
        raise Invalid("The request is no GraphQL request: it lacks `query`.")
    return operation
