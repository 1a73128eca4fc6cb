"""The demo: Futian's 95 communities at the end of 2015, as far as the source article describes them.

Places and lists are the reference data. Organizations, people, offerings and decisions are invented, in the published
numbers, and marked `synthetic`. Nothing is random: two loads on one day differ in ids only.
"""

from gongzhi.demo.accounts import DEMO_ACCOUNTS, DemoAccount
from gongzhi.demo.loading import load, load_modules, loaded
from gongzhi.demo.scenario import DAY, DISTRICT

__all__ = ["DAY", "DEMO_ACCOUNTS", "DISTRICT", "DemoAccount", "load", "load_modules", "loaded"]
