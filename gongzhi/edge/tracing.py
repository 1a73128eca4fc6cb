"""Traces in OpenTelemetry: a span for each request, in the trace of whoever called us. Needs `gongzhi[tracing]`."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from gongzhi.core.errors import Invalid
from gongzhi.core.settings import Settings
from gongzhi.edge.seen import Seen

EXPORT_SECONDS = 3
"""How long a collector may take, also when the server stops."""
LONGEST_PATH = 200
"""Characters of an address that a span keeps; names have none, nor what clients call operations: there are few."""
REMEDY = "pip install 'gongzhi[tracing]', or unset tracing"


class Tracing:
    """Makes spans and sends them to a collector in the background."""

    def __init__(self, settings: Settings, exporter: Any = None) -> None:
        try:
            from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
            from opentelemetry.propagate import extract
            from opentelemetry.sdk.resources import Resource
            from opentelemetry.sdk.trace import TracerProvider
            from opentelemetry.sdk.trace.export import BatchSpanProcessor
            from opentelemetry.trace import SpanKind, Status, StatusCode
        except ImportError as error:
            raise Invalid.at("tracing", f"{error.name} is not installed", REMEDY) from None
        self._provider = TracerProvider(resource=Resource.create({"service.name": "gongzhi"}))
        chosen = exporter or OTLPSpanExporter(endpoint=settings.tracing, timeout=EXPORT_SECONDS)
        self._provider.add_span_processor(BatchSpanProcessor(chosen))
        self._tracer = self._provider.get_tracer("gongzhi")
        self._extract, self._server = extract, SpanKind.SERVER
        self._failed = Status(StatusCode.ERROR)

    @contextmanager
    def request(self, method: str, path: str, headers: Mapping[str, str], seen: Seen) -> Iterator[dict[str, int]]:
        """The span of a request; the block puts the answer's `status` into what it is given."""
        answered: dict[str, int] = {}
        with self._tracer.start_as_current_span(
            method,
            self._extract(headers),
            self._server,
            {"http.request.method": method, "url.path": path[:LONGEST_PATH]},
        ) as span:
            try:
                yield answered
            finally:
                status = answered.get("status", 500)
                told: dict[str, str | int] = {
                    "http.response.status_code": status,
                    "graphql.operation.name": seen.name,
                    "graphql.operation.type": seen.kind,
                    "gongzhi.document": seen.digest,
                    "gongzhi.cost": seen.cost,
                    "gongzhi.request": seen.request,
                    "gongzhi.error": seen.code,
                }
                span.set_attributes({name: value for name, value in told.items() if value})
                if seen.kind:
                    span.update_name(seen.kind)
                if status >= 500:
                    span.set_status(self._failed)

    def flush(self) -> None:
        """Send what is waiting, and end."""
        self._provider.shutdown()
