"""The plugin host: finds plugins, asks each for its contributions, and keeps those that fit together.

What one plugin does wrong switches off that plugin, with the reason, and whatever requires it; the rest serves on.
"""

from gongzhi.core.host.host import Host
from gongzhi.core.host.plugin import Candidate, Plugin, State, Status, installed
from gongzhi.core.host.tables import prepare_tables

__all__ = ["Candidate", "Host", "Plugin", "State", "Status", "installed", "prepare_tables"]
