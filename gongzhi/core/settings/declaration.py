"""Every setting: its name, type, limits, default and meaning, from which the reference page is generated."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from gongzhi.core.errors import Invalid, Problem
from gongzhi.core.settings import reading, safety
from gongzhi.core.settings.display import Source, effective

Rate = Annotated[int, Meta(ge=0)]


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Every setting, with its default. Read once, by `Settings.load`, when the application is created."""

    database: Annotated[
        str, Meta(description="`sqlite:///relative`, `sqlite:////absolute` or `postgresql://user:password@host/name`.")
    ] = "sqlite:///gongzhi.sqlite"
    replicas: Annotated[
        tuple[str, ...], Meta(description="PostgreSQL addresses of copies that list queries may read from.")
    ] = ()
    pool_size: Annotated[
        int, Meta(ge=1, description="PostgreSQL connections, or SQLite readers beside the one writer, a worker.")
    ] = 10
    pool_wait_seconds: Annotated[
        float, Meta(gt=0, description="How long a request waits for a free connection before it is UNAVAILABLE.")
    ] = 2.0
    prepared_statements: Annotated[
        bool,
        Meta(description="Keep prepared PostgreSQL statements; off behind PgBouncer in transaction mode before 1.21."),
    ] = True
    statement_timeout_seconds: Annotated[float, Meta(gt=0, description="How long one SQL statement may take.")] = 5.0

    host: Annotated[
        str, Meta(description="The address to listen on; anything but loopback needs an issuer and no demo.")
    ] = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65535, description="The port to listen on; 0 lets the system choose.")] = 8000
    workers: Annotated[int, Meta(ge=1, description="How many processes serve requests.")] = 1
    allowed_hosts: Annotated[
        tuple[str, ...],
        Meta(description="Host names that requests may name, on any port; `*.example.org`: all below it; empty: any."),
    ] = ()
    cors_origins: Annotated[
        tuple[str, ...],
        Meta(description="Origins (`https://example.org`) whose pages may call the API; also checked for WebSockets."),
    ] = ()
    trusted_proxies: Annotated[
        tuple[str, ...], Meta(description="Addresses of proxies whose X-Forwarded-* headers are believed.")
    ] = ()
    redis: Annotated[
        str | None,
        Meta(description="`redis://…`, to count rates for all workers together; without it each counts for itself."),
    ] = None
    background: Annotated[
        bool, Meta(description="Deliver events and run timers inside `gongzhi serve`; off where `gongzhi worker` runs.")
    ] = True
    event_retention_days: Annotated[
        int, Meta(ge=1, description="How long delivered events are kept; what waits or is parked is never deleted.")
    ] = 30
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], Meta(description="The least severe message that is logged.")
    ] = "info"

    log_format: Annotated[
        Literal["text", "json"], Meta(description="Lines for people, or an object a line for machines.")
    ] = "text"
    log_requests: Annotated[
        Literal["none", "slow", "all"],
        Meta(description="Which requests have a line in the log; slow: those, and those that failed inside."),
    ] = "slow"
    slow_seconds: Annotated[float, Meta(gt=0, description="From when on a request is slow.")] = 1.0
    metrics_from: Annotated[tuple[str, ...], Meta(description="Networks (`10.0.0.0/8`) that may read /metrics.")] = (
        "127.0.0.0/8",
        "::1/128",
    )
    tracing: Annotated[
        str | None,
        Meta(description="Where traces go: `http://collector:4318/v1/traces` (OTLP). Needs `gongzhi[tracing]`."),
    ] = None
    webhook_keys: Annotated[
        tuple[str, ...],
        Meta(
            description="What webhooks' secrets are derived from: 32 random characters or more, the same for every "
            "process. The first makes new secrets, the others serve on. On SQLite by default a file in `.gongzhi/`.",
            extra={"secret": True},
        ),
    ] = ()
    webhook_networks: Annotated[
        tuple[str, ...],
        Meta(description="Networks (`10.2.0.0/16`) that webhooks may be sent to although they are not public."),
    ] = ()
    webhook_http: Annotated[bool, Meta(description="Allow webhooks over http, which can be read on the way.")] = False
    webhook_timeout_seconds: Annotated[
        float, Meta(gt=0, le=30, description="How long a receiver may take to answer.")
    ] = 15.0
    webhook_suspend_days: Annotated[
        int, Meta(ge=1, description="After how many days without any success a webhook is suspended.")
    ] = 5

    demo: Annotated[bool, Meta(description="Serve the demo data with its published accounts; loopback only.")] = False
    introspection: Annotated[
        Literal["on", "off", "signed-in"], Meta(description="Who may ask for the schema through GraphQL itself.")
    ] = "signed-in"
    documents: Annotated[
        Literal["any", "trusted-only"], Meta(description="Whether operations that are not registered are answered.")
    ] = "any"
    policies: Annotated[
        str | None, Meta(description="A directory with your Casbin files; without it the built-in grants hold.")
    ] = None
    calendar: Annotated[
        str | None,
        Meta(description="A YAML file of public holidays, for deadlines in working days; without it the built-in one."),
    ] = None
    plugins_disabled: Annotated[tuple[str, ...], Meta(description="Ids of installed plugins to leave out.")] = ()
    strict: Annotated[bool, Meta(description="Do not start when a plugin fails, instead of serving without it.")] = (
        False
    )

    issuer: Annotated[
        str | None, Meta(description="The OIDC issuer whose tokens are accepted; without it the local key signs.")
    ] = None
    audience: Annotated[
        str, Meta(min_length=1, description="What a token's `aud` must hold when an issuer is configured.")
    ] = "gongzhi"
    jwks_url: Annotated[
        str | None, Meta(description="Where the issuer's keys are, if its discovery document does not say.")
    ] = None
    signing_key: Annotated[
        str | None,
        Meta(
            description="The local key: a file, or an Ed25519 private key in PEM. Default: a file made in `.gongzhi/` "
            "beside the SQLite database, otherwise in the working directory. Unused with an issuer.",
            extra={"secret": True},
        ),
    ] = None
    clock_skew_seconds: Annotated[
        int, Meta(ge=0, le=300, description="How far the issuer's clock may be from ours.")
    ] = 30

    audit_key: Annotated[
        str | None,
        Meta(
            description="An Ed25519 private key, a file or PEM, that signs the audit log's chain; kept outside of the "
            "database, so that whoever writes there cannot forge the log. Without one the chain is not signed.",
            extra={"secret": True},
        ),
    ] = None
    audit_keep_days: Annotated[
        int, Meta(ge=180, description="How old sealed audit lines must be before `gongzhi audit prune` removes them.")
    ] = 1095

    response_cache_bytes: Annotated[
        int, Meta(ge=0, description="Memory of a worker for answers that are shared and made from memory; 0: none.")
    ] = 64_000_000
    shared_cache_seconds: Annotated[
        int, Meta(ge=0, description="How long a proxy may answer a public GET by itself before it asks again.")
    ] = 10
    request_timeout_seconds: Annotated[float, Meta(gt=0, description="How long one request may take.")] = 10.0
    body_timeout_seconds: Annotated[
        float, Meta(gt=0, description="How long a client may take to send a request's headers, and as long its body.")
    ] = 10.0
    body_limit_bytes: Annotated[int, Meta(ge=1024, description="The largest body or WebSocket message.")] = 1_000_000
    page_size_max: Annotated[int, Meta(ge=1, le=100, description="The most rows that one page may hold.")] = 100
    source_limit_bytes: Annotated[int, Meta(ge=1, description="The longest text of a GraphQL document.")] = 100_000
    token_limit: Annotated[int, Meta(ge=1, description="The most lexical tokens in a document.")] = 2_000
    depth_limit: Annotated[int, Meta(ge=1, description="How deep selections may be nested.")] = 15
    alias_limit: Annotated[int, Meta(ge=1, description="The most aliases in a document.")] = 30
    node_limit: Annotated[int, Meta(ge=1, description="The most selections in a document.")] = 1_000
    directive_limit: Annotated[int, Meta(ge=1, description="The most directives in a document.")] = 20
    root_field_limit: Annotated[int, Meta(ge=1, description="The most fields at the top of an operation.")] = 20
    repeat_limit: Annotated[
        int, Meta(ge=0, description="The most fields that ask for what another one beside them asks for.")
    ] = 200
    variable_limit: Annotated[int, Meta(ge=0, description="The most variables of an operation.")] = 100
    operation_limit: Annotated[int, Meta(ge=1, description="The most operations in a document.")] = 10
    input_list_limit: Annotated[int, Meta(ge=1, description="The most members of a list in an input.")] = 250
    error_limit: Annotated[int, Meta(ge=1, description="The most errors that one answer lists.")] = 5
    connection_limit: Annotated[int, Meta(ge=1, description="The most connections of one worker.")] = 5000
    subscription_limit: Annotated[int, Meta(ge=1, description="The most subscriptions on one connection.")] = 20
    init_timeout_seconds: Annotated[
        float, Meta(gt=0, description="How long a WebSocket may wait with its first message.")
    ] = 5.0
    cost_limit: Annotated[
        int, Meta(ge=1, description="The static cost that a signed-in caller's operation may have.")
    ] = 5000
    cost_limit_anonymous: Annotated[int, Meta(ge=0, description="The same for a caller without a token.")] = 2000
    rate_account: Annotated[
        Rate | None,
        Meta(
            description="The cost that one account may ask for in a minute; 0: any. Unset: 300000, and any where only "
            "this machine can reach the server."
        ),
    ] = None
    rate_client: Annotated[
        Rate | None, Meta(description="The same for an API client that has no rate of its own; 3000000.")
    ] = None
    rate_address: Annotated[
        Rate | None, Meta(description="The same for an address that shows neither token nor key; 600000.")
    ] = None
    idempotency_keep_hours: Annotated[
        int, Meta(ge=24, le=720, description="How long the answer to a mutation with an Idempotency-Key is kept.")
    ] = 24
    sources: Annotated[
        dict[str, Source], Meta(description="Not a setting: where each value that is not a default was read.")
    ] = {}

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None, toml_path: str | Path | None = None) -> "Settings":
        """The settings of the file and the environment (the process's own if not given), which wins.

        The file is `toml_path`, else the one that GONGZHI_CONFIG names, else `gongzhi.toml`; only the last may be
        missing.

        :raises Invalid: with every unknown key and every wrong value; no secret is quoted.
        """
        environ = os.environ if environ is None else environ
        problems: list[Problem] = []
        path = toml_path or environ.get(reading.CONFIG_VARIABLE)
        file = reading.from_file(
            cls, Path(path or reading.DEFAULT_FILE), must_exist=path is not None, problems=problems
        )
        variables = reading.from_environment(cls, environ, problems)
        if problems:
            raise Invalid(f"The settings are wrong. {'; '.join(map(str, problems))}", problems)
        sources: dict[str, Source] = {**dict.fromkeys(file, "toml"), **dict.fromkeys(variables, "env")}
        return cls(**{**file, **variables}, sources=sources)

    @property
    def exposed(self) -> bool:
        """Whether others than this machine can reach it: it does not listen on loopback, or a proxy is in front."""
        return bool(self.trusted_proxies) or not safety.is_loopback(self.host)

    def unsafe(self) -> list[Problem]:
        """What must not be started with, each with what to set instead; empty when it is safe."""
        found = [*safety.form_problems(self), *safety.issuer_problems(self)]
        return [*found, *safety.exposure_problems(self)] if self.exposed else found

    def require_safe(self) -> None:
        """:raises Invalid: `unsafe` found something."""
        if problems := self.unsafe():
            raise Invalid(f"Refusing to start. {'; '.join(map(str, problems))}", problems)

    def __repr__(self) -> str:
        """What was set, without secrets."""
        shown = (f"{row.name}={row.value}" for row in effective(self) if row.source != "default")
        return f"Settings({', '.join(shown)})"
