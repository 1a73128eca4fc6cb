"""What an operator may set, in `gongzhi.toml` or in the environment, and what of it is not safe to start with.

    port = 8080                                # gongzhi.toml
    GONGZHI_PORT=8080 gongzhi serve            # the environment wins

Keys are flat; a list in the environment is separated by commas. An unknown key, in either place, is an error.
"""

from gongzhi.core.settings.declaration import Settings
from gongzhi.core.settings.display import EffectiveSetting, Setting, describe, effective
from gongzhi.core.settings.safety import is_loopback, is_private_channel

__all__ = ["EffectiveSetting", "Setting", "Settings", "describe", "effective", "is_loopback", "is_private_channel"]
