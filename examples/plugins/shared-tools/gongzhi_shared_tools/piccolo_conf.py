"""What Piccolo looks for when a migration is written; nothing else uses it."""

from piccolo.conf.apps import AppRegistry
from piccolo.engine.postgres import PostgresEngine

DB = PostgresEngine(config={}, extensions=())
APP_REGISTRY = AppRegistry(apps=["gongzhi_shared_tools.piccolo_app"])
