"""gongzhi (共治): a headless service-catalogue and permissions API for communities governed by several actors."""

__version__ = "0.1.0"
