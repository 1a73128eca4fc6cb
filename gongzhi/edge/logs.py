"""Logs: a line for people, or an object a line for machines; each with the request that it belongs to.

No token, key, variable or document's text is ever part of a message.
"""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec

from gongzhi.core.settings import Settings
from gongzhi.edge.seen import seen

FIELDS = "fields"
"""The attribute of a record that holds its machine-readable part (`extra={"fields": {…}}`)."""


class Lines(logging.Formatter):
    """For people: time, level, logger, message, and the request's id where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, and a traceback below where there is one."""
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        request = seen().request
        text = f"{moment} {record.levelname:<7} {record.name}: {_flat(record.getMessage())}"
        text += f" [{request}]" if request else ""
        return f"{text}\n{self.formatException(record.exc_info)}" if record.exc_info else text


class Objects(logging.Formatter):
    """For machines: a JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, a traceback within it."""
        told: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, FIELDS, {}),
        }
        if request := seen().request:
            told["request"] = request
        if record.exc_info:
            told["traceback"] = self.formatException(record.exc_info)
        return msgspec.json.encode(told).decode()


def configuration(settings: Settings) -> dict[str, Any]:
    """For `logging.config.dictConfig`: everything on standard error, in the format of the settings.

    uvicorn is never more talkative than `info`: below, it logs every frame and header, with the tokens in them.
    """
    formatter, level = Objects if settings.log_format == "json" else Lines, settings.log_level.upper()
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"chosen": {"()": f"{formatter.__module__}.{formatter.__qualname__}"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "chosen"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "filters": {"addresses": {"()": f"{__name__}.{without_addresses.__qualname__}"}},
        "loggers": {
            "gongzhi": {"handlers": ["stderr"], "level": level, "propagate": False},
            "uvicorn": {"handlers": ["stderr"], "level": "INFO" if level == "DEBUG" else level, "propagate": False},
            "uvicorn.error": {"filters": ["addresses"]},
        },
    }


OTHERS = ('%s - "WebSocket', "connection open", "connection closed", "connection rejected")
"""How uvicorn's lines about WebSockets begin: some quote the whole address, and ours tell of them."""


def without_addresses() -> Callable[[logging.LogRecord], bool]:
    """A filter that drops `OTHERS`."""
    return lambda record: not str(record.msg).startswith(OTHERS)


def _flat(message: str) -> str:
    """No line of a log can be forged from within a message."""
    return message.replace("\r", "\\r").replace("\n", "\\n")
