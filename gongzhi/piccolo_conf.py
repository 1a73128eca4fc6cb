"""What Piccolo looks for: the engine in use, and the apps whose migrations its commands write.

    PICCOLO_CONF=gongzhi.piccolo_conf piccolo migrations new core_territory --auto

The plugins' tables are here too, found by their `piccolo_app.py`. Apply migrations with `gongzhi migrate`.
"""

from pathlib import Path
from typing import Any

from piccolo.conf.apps import AppRegistry

from gongzhi.core.db import connect, current
from gongzhi.core.errors import Unavailable
from gongzhi.core.migrations import core_modules

_PLUGINS = sorted(path.parent.name for path in (Path(__file__).parent / "plugins").glob("*/piccolo_app.py"))

APP_REGISTRY = AppRegistry(apps=[*core_modules(), *(f"gongzhi.plugins.{name}.piccolo_app" for name in _PLUGINS)])


def __getattr__(name: str) -> Any:
    """`DB`: the engine of the current database, looked up anew each time.

    The command that writes a migration opens none, and asks the engine for nothing but its kind.
    """
    if name != "DB":
        raise AttributeError(name)
    try:
        return current().engine
    except Unavailable:
        return connect("postgresql://localhost/unopened").engine
