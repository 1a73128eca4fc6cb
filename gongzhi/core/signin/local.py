"""The development key: an Ed25519 key in a file that only its owner may read.

It signs and is accepted only while no issuer is configured, without exception: whoever can read the file could
otherwise be anybody. Settings refuse to listen beyond loopback without an issuer, so that its tokens work on this
machine and nowhere else.
"""

import os
from collections.abc import Sequence
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from gongzhi.core import clock, keyfile
from gongzhi.core.db.address import parse
from gongzhi.core.errors import Invalid
from gongzhi.core.settings import Settings
from gongzhi.core.signin.keys import PublicKey

ISSUER = "gongzhi-local"
"""Who vouches for the holders of tokens that the development key signed."""
AUDIENCE = "gongzhi"
FILE = Path(".gongzhi/signing_key.pem")
LONGEST = timedelta(days=31)
"""A token cannot be called back, only outlived."""


class LocalKeys:
    """The development key as the source of the keys of the issuer `gongzhi-local`."""

    issuer = ISSUER
    audience = AUDIENCE
    generation = 0

    def __init__(self, settings: Settings) -> None:
        public = signing_key(settings).public_key()
        self._key = PublicKey(kid=_kid(public), algorithms=frozenset({"EdDSA"}), material=public)

    async def candidates(self, kid: str | None) -> Sequence[PublicKey]:
        """The one key, unless another is named."""
        return [self._key] if kid in (None, self._key.kid) else []

    async def aclose(self) -> None:
        """Nothing is held."""


def issue_token(settings: Settings, account_code: str, lifetime: timedelta = timedelta(hours=12)) -> str:
    """A token for development that speaks for an account, from now on and at most `LONGEST`.

    :raises Invalid: an issuer is configured, the lifetime or the code cannot be used, or the key cannot.
    """
    if settings.issuer is not None:
        remedy = f"sign in at {settings.issuer}, or unset issuer on a development machine"
        raise Invalid.at("issuer", "the development key signs nothing while an issuer is configured", remedy)
    if not timedelta(0) < lifetime <= LONGEST:
        raise Invalid.at("lifetime", f"a token lives for more than 0 seconds and at most {LONGEST.days} days")
    if not 0 < len(account_code) <= 255:
        raise Invalid.at("account", "the account's code has 1 to 255 characters")
    key = signing_key(settings)
    now = clock.now()
    claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": account_code, "iat": now, "exp": now + lifetime}
    return jwt.encode(claims, key, algorithm="EdDSA", headers={"kid": _kid(key.public_key())})


def signing_key(settings: Settings) -> Ed25519PrivateKey:
    """The key of the setting `signing_key`, or of the file that is made when it is first needed.

    :raises Invalid: the file cannot be read or written, others may read it, or it holds no such key.
    """
    given = settings.signing_key
    if given is not None and given.lstrip().startswith("-----BEGIN"):
        return _parsed(given.encode())
    path = Path(given) if given is not None else default_path(settings)
    try:
        if given is None and not path.exists():
            keyfile.create(path, _new())
        return _parsed(_read(path))
    except OSError as error:
        remedy = "make one with `openssl genpkey -algorithm ed25519`, mode 0600, or correct signing_key"
        raise Invalid.at("signing_key", f"{path}: {error.strerror}", remedy) from error


def default_path(settings: Settings) -> Path:
    """Where the key is made: in `.gongzhi/` beside the SQLite database, or in the working directory for another one."""
    address = parse(settings.database)
    folder = Path(address.target).parent if address.dialect == "sqlite" else Path()
    return folder / FILE.name if folder.name == FILE.parent.name else folder / FILE


def _new() -> bytes:
    """A new key, in PEM."""
    return Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        if os.name == "posix" and os.fstat(file.fileno()).st_mode & 0o077:
            raise Invalid.at("signing_key", f"others may read {path}", f"run `chmod 600 {path}`")
        return file.read()


def _parsed(pem: bytes) -> Ed25519PrivateKey:
    try:
        key = serialization.load_pem_private_key(pem, password=None)
    except (ValueError, TypeError) as error:
        raise Invalid.at("signing_key", "it is not an unencrypted private key in PEM") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise Invalid.at(
            "signing_key", "it is not an Ed25519 key", "make one with `openssl genpkey -algorithm ed25519`"
        )
    return key


def _kid(key: Ed25519PublicKey) -> str:
    return sha256(key.public_bytes_raw()).hexdigest()[:16]
