"""Labels of the webhooks' enums."""

from gongzhi.core.labels.shape import Labels
from gongzhi.core.webhooks.records import DeliveryState

LABELS: Labels = {
    DeliveryState: {
        "waiting": ("等待重试", "Failed, and waits to be tried again"),
        "delivered": ("已送达", "Delivered"),
        "parked": ("已搁置", "Given up after the last attempt, until it is replayed"),
    },
}
"""For each enum, the labels of its members."""
