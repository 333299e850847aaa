"""Addresses of the frame: counts, notifications, preferences; and the developers' page where it is switched on."""

from django.conf import settings

from salescrm.base.models import Notification
from tests import make
from tests.access.table import NOBODY, Row, Scene

ROWS = [
    Row("frame:counts"),
    Row("frame:notifications"),
    Row("frame:notifications-read", method="post"),
    # a notification is its owner's: everybody else is told there is none
    Row("frame:notification-open", NOBODY, args=lambda scene: [scene.extra["notification"].pk], denied=404),
    Row("frame:preferences", method="post", data=lambda scene: {"theme": "dark"}, ok=302),
]
if settings.SHOW_UI_PAGE:
    ROWS += [
        Row("ui", stranger=200),
        Row("ui-dialog", stranger=200),
        Row("ui-undo", method="post", ok=204, stranger=204),
        Row("ui-why", stranger=200),
    ]


def prepare(scene: Scene) -> None:
    """Tell something to a person who is none of the roles."""
    other = make.employee("other")
    scene.extra["notification"] = Notification.objects.create(person=other, kind="x", text="x", key="x")
