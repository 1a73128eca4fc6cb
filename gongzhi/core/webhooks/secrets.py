"""Secrets of webhooks: derived from a key of the settings and from random bits in the database.

Neither is of use without the other: who has the database, or a backup of it, can sign nothing. A secret is shown once,
when it is made, and computed again whenever something is signed; HMAC-SHA256 is the pseudorandom function that
NIST SP 800-108 derives keys with.
"""

import base64
import hmac
import os
import secrets
from collections.abc import Mapping
from hashlib import sha256

from gongzhi.core import keyfile
from gongzhi.core.db.address import parse
from gongzhi.core.errors import Invalid, Unavailable
from gongzhi.core.settings import Settings
from gongzhi.core.signin.local import default_path

PREFIX = "whsec_"
FILE = "webhook_key"
_PURPOSE = b"gongzhi webhook secret\0"


class Secrets:
    """Makes and recomputes the secrets of webhooks, by the keys of the settings."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def new_salt(self) -> str:
        """What a new secret is derived from, by the first key.

        :raises Invalid: PostgreSQL is used, by any number of machines, and no key is set that all of them would share.
        """
        name = next(iter(self._keys(making=True)))
        return f"{name}.{secrets.token_hex(32)}"

    def of(self, salt: str) -> bytes:
        """The secret of a salt.

        :raises Unavailable: its key is not among those of the settings.
        """
        name, _, random = salt.partition(".")
        key = self._keys(making=False).get(name)
        if key is None:
            raise Unavailable(f"The key {name} of this webhook's secret is not among webhook_keys; add it, or rotate.")
        return hmac.digest(key, _PURPOSE + random.encode(), "sha256")

    def _keys(self, *, making: bool) -> Mapping[str, bytes]:
        given = self._settings.webhook_keys or self._file(making=making)
        return {sha256(b"name\0" + text.encode()).hexdigest()[:12]: text.encode() for text in given}

    def _file(self, *, making: bool) -> tuple[str, ...]:
        if parse(self._settings.database).dialect != "sqlite":
            if making:
                remedy = "set it to 32 random characters or more, the same for every process"
                raise Invalid.at("webhook_keys", "no key is set from which secrets could be derived", remedy)
            return ()
        path = default_path(self._settings).with_name(FILE)
        if making and not path.exists():
            keyfile.create(path, f"{secrets.token_hex(32)}\n".encode("ascii"))
        if not path.exists():
            return ()
        if os.name == "posix" and path.stat().st_mode & 0o077:
            raise Invalid.at("webhook_keys", f"others may read {path}", f"run `chmod 600 {path}`")
        return (path.read_text("ascii").strip(),)


def shown(secret: bytes) -> str:
    """A secret as receivers configure it."""
    return PREFIX + base64.b64encode(secret).decode("ascii")
