"""Editions in the formats of other catalogues: CPSV-AP 3.2 as JSON-LD and HSDS 3 as JSON, both pure functions.

    cpsv_ap.export(sources)
    hsds.export(sources)

`Sources` holds everything that they read. Neither invents what the catalogue does not hold.
"""

from gongzhi.core.catalogue.interop.sources import Sources

__all__ = ["Sources"]
