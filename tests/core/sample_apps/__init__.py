"""Two apps with migrations, one of which depends on the other, for tests of the runner."""

from gongzhi.core.migrations import App

PLACES = App.load("tests.core.sample_apps.places.piccolo_app")
ITEMS = App.load("tests.core.sample_apps.items.piccolo_app")
APPS = [ITEMS, PLACES]
STEPS = [
    "sample_places/2026-01-01T00:00:00:000000",
    "sample_places/2026-01-02T00:00:00:000000",
    "sample_items/2026-01-01T00:00:00:000000",
]
"""All migrations in the order in which they have to run."""
