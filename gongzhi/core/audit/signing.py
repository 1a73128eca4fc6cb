"""Signatures of the chain's end, with a key that the database does not have: who can write there cannot make them."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from gongzhi.core.audit.encoding import CHAIN
from gongzhi.core.errors import Invalid

_MAKE = "make one with `openssl genpkey -algorithm ed25519 -out audit-key.pem`"


def private_key(given: str | None) -> Ed25519PrivateKey | None:
    """The key of the setting `audit_key`: a file, or the key itself in PEM; None without one.

    :raises Invalid: there is no such file, or it holds no Ed25519 key.
    """
    if given is None:
        return None
    try:
        pem = given.encode() if given.lstrip().startswith("-----BEGIN") else Path(given).read_bytes()
        key = serialization.load_pem_private_key(pem, password=None)
    except OSError as error:
        raise Invalid.at("audit_key", f"{given}: {error.strerror}", _MAKE) from error
    except (ValueError, TypeError) as error:
        raise Invalid.at("audit_key", "it is not an unencrypted private key in PEM", _MAKE) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise Invalid.at("audit_key", "it is not an Ed25519 key", _MAKE)
    return key


def public_keys(files: Iterable[Path]) -> tuple[Ed25519PublicKey, ...]:
    """The public keys in these files: those that have signed since the log began.

    :raises Invalid: one of them holds no Ed25519 public key.
    """
    return tuple(_public_key(file) for file in files)


def _public_key(file: Path) -> Ed25519PublicKey:
    remedy = "write one with `openssl pkey -in audit-key.pem -pubout -out audit-key.pub`"
    try:
        key = serialization.load_pem_public_key(file.read_bytes())
    except OSError as error:
        raise Invalid.at("public_key", f"{file}: {error.strerror}", remedy) from error
    except ValueError as error:
        raise Invalid.at("public_key", f"{file} is no public key in PEM", remedy) from error
    if not isinstance(key, Ed25519PublicKey):
        raise Invalid.at("public_key", f"{file} is no Ed25519 key", remedy)
    return key


def signed(key: Ed25519PrivateKey, sequence: int, line_hash: str) -> str:
    """The signature of the chain up to a line, in hexadecimal digits."""
    return key.sign(_message(sequence, line_hash)).hex()


def holds(keys: Sequence[Ed25519PublicKey], sequence: int, line_hash: str, signature: str) -> bool:
    """Whether one of the keys made the signature."""
    try:
        given = bytes.fromhex(signature)
    except ValueError:
        return False
    return any(_holds(key, given, _message(sequence, line_hash)) for key in keys)


def _holds(key: Ed25519PublicKey, signature: bytes, message: bytes) -> bool:
    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True


def _message(sequence: int, line_hash: str) -> bytes:
    return f"{CHAIN} {sequence} {line_hash}".encode()
