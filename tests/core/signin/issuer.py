"""A real OIDC issuer on a loopback port, which can misbehave."""

import json
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeAlias

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from gongzhi.core import clock
from gongzhi.core.settings import Settings

PrivateKey: TypeAlias = RSAPrivateKey | EllipticCurvePrivateKey | Ed25519PrivateKey
DISCOVERY = "/.well-known/openid-configuration"
KEYS = "/keys"


def jwk(key: PrivateKey, kid: str | None = None, **members: object) -> dict[str, Any]:
    """The public half as an entry of a key set."""
    if isinstance(key, RSAPrivateKey):
        entry = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
        del entry["key_ops"]
    elif isinstance(key, EllipticCurvePrivateKey):
        entry = ECAlgorithm.to_jwk(key.public_key(), as_dict=True)
    else:
        entry = OKPAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return entry | ({} if kid is None else {"kid": kid}) | members


class Issuer:
    """Serves discovery and `keys`; `requests` are the paths that were asked for, in order."""

    def __init__(self) -> None:
        self.keys: list[dict[str, Any]] = []
        self.requests: list[str] = []
        self.answers: dict[str, Callable[[], tuple[int, bytes]]] = {
            DISCOVERY: lambda: (200, json.dumps({"issuer": self.url, "jwks_uri": self.url + KEYS}).encode()),
            KEYS: lambda: (200, json.dumps({"keys": self.keys}).encode()),
        }
        self.pause = 0.0
        self.location: str | None = None
        self._port = 0
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def settings(self) -> Settings:
        return Settings(issuer=self.url, audience="gongzhi")

    def start(self) -> None:
        """Listen, after the first time on the same port."""
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                issuer.requests.append(self.path)
                status, content = issuer.answers[self.path]()
                time.sleep(issuer.pause)
                self.send_response(status)
                if issuer.location:
                    self.send_header("Location", issuer.location)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", self._port), Handler)
        self._port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def stop(self) -> None:
        """Listen no longer: connections are refused."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def claims(self, **changed: object) -> dict[str, Any]:
        """The claims of a token that is valid now; a claim that is changed to None is left out."""
        now = clock.now()
        valid = {"iss": self.url, "sub": "zhang", "aud": "gongzhi", "iat": now, "exp": now + timedelta(hours=1)}
        return {name: value for name, value in (valid | changed).items() if value is not None}

    def token(
        self,
        key: PrivateKey,
        algorithm: str,
        kid: str | None = None,
        *,
        header: dict[str, Any] | None = None,
        **changed: object,
    ) -> str:
        """A signed token; `header` adds to its header, `changed` replaces claims."""
        headers = ({} if kid is None else {"kid": kid}) | (header or {})
        return jwt.encode(self.claims(**changed), key, algorithm=algorithm, headers=headers)
