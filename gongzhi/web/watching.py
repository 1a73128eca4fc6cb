"""What operators watch: `/metrics` for Prometheus, for those whom the setting `metrics_from` names."""

import math
from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler

from gongzhi.core.errors import Forbidden, GongzhiError
from gongzhi.core.events.delivery import parked
from gongzhi.core.settings import Settings
from gongzhi.edge.metrics import MEDIA_TYPE, Metrics, may_read
from gongzhi.graphql.context import Services
from gongzhi.graphql.endpoint.cache import ResponseCache


def numbers(services: Services, cache: ResponseCache) -> Metrics:
    """The metrics of an application, with what is read from it when somebody asks."""
    metrics = Metrics()
    catalogue, policy = services.catalogue, services.policy
    metrics.follow("gongzhi_catalogue_revision", "Of the catalogue.", lambda: catalogue.snapshot.revision)
    metrics.follow("gongzhi_policy_refused", "1 while the policy files are refused.", lambda: bool(policy.status.error))
    metrics.follow("gongzhi_plugins_failed", "Plugins that are switched off.", lambda: len(services.host.failures))
    metrics.follow("gongzhi_cached_bytes", "Memory of a worker for answers.", lambda: cache.size)
    return metrics


def handlers(settings: Settings, metrics: Metrics) -> list[HTTPRouteHandler]:
    """The address of the metrics."""

    @get("/metrics")
    async def read(request: Request[Any, Any, Any]) -> Response[bytes]:
        """The metrics, or Forbidden."""
        source = request.client.host if request.client else None
        if not may_read(source, settings.metrics_from):
            raise Forbidden(f"Metrics are not for {source}; the setting metrics_from says for whom they are.")
        metrics.parked.set(await _parked())
        return Response(metrics.text(), media_type=MEDIA_TYPE)

    return [read]


async def _parked() -> float:
    """How many deliveries wait for an operator."""
    try:
        return float(await parked())
    except GongzhiError:
        return math.nan
