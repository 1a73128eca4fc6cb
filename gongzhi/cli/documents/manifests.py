"""Files with documents: GraphQL text, and the manifests that clients' tools write."""

from pathlib import Path
from typing import Any

import msgspec

from gongzhi.core.clients.records import NewDocument
from gongzhi.core.clients.service import document_digest
from gongzhi.core.errors import Invalid, Problem

APOLLO = "apollo-persisted-query-manifest"


class Operation(msgspec.Struct, frozen=True):
    """One operation of Apollo's manifest."""

    id: str
    body: str
    name: str


class Manifest(msgspec.Struct, frozen=True):
    """Apollo's manifest."""

    operations: tuple[Operation, ...]


def read(path: Path) -> list[NewDocument]:
    """The documents of a file.

    :raises Invalid: it is no GraphQL text and no manifest, or a hash in it is not the SHA-256 of its text.
    """
    if path.suffix in (".graphql", ".gql"):
        return [NewDocument(name=path.stem[:160], text=_text(path))]
    try:
        decoded: Any = msgspec.json.decode(_text(path))
    except msgspec.MsgspecError as error:
        raise _wrong(path, f"it is neither a .graphql file nor a JSON manifest: {error}") from None
    if isinstance(decoded, dict) and decoded.get("format") == APOLLO:
        return _apollo(path, decoded)
    if isinstance(decoded, dict) and all(isinstance(text, str) for text in decoded.values()):
        return [_document(path, digest, text, f"{path.stem}-{digest[:12]}") for digest, text in decoded.items()]
    raise _wrong(path, "it is no manifest that is known", f"give {APOLLO}, or an object from SHA-256 to text")


def _apollo(path: Path, decoded: dict[str, Any]) -> list[NewDocument]:
    try:
        manifest = msgspec.convert(decoded, Manifest)
    except msgspec.ValidationError as error:
        raise _wrong(path, f"it is no manifest of Apollo's: {error}") from None
    return [_document(path, each.id, each.body, each.name) for each in manifest.operations]


def _document(path: Path, digest: str, text: str, name: str) -> NewDocument:
    if digest.lower() != document_digest(text):
        remedy = (
            "let the client's tool hash with SHA-256 (Relay: persistConfig.algorithm, graphql-codegen: hashAlgorithm)"
        )
        raise _wrong(path, f"{digest[:64]!r} is not the SHA-256 of {name[:60]!r}", remedy)
    return NewDocument(name=name[:160], text=text)


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode()
    except (OSError, UnicodeDecodeError) as error:
        raise _wrong(path, f"it cannot be read as UTF-8: {error}") from None


def _wrong(path: Path, message: str, remedy: str | None = None) -> Invalid:
    problem = Problem(message, file=path.name, remedy=remedy)
    return Invalid(str(problem), [problem])
