"""What is to be done: the kinds of tasks, which stages of a pipeline name too."""

from django.db import models
from django.utils.translation import pgettext_lazy


class TaskKind(models.TextChoices):
    """What is to be done."""

    CALL = "call", pgettext_lazy("task", "call")
    MEETING = "meeting", pgettext_lazy("task", "meeting")
    LETTER = "letter", pgettext_lazy("task", "letter")
    QUOTE = "quote", pgettext_lazy("task", "offer")
    DOCUMENT = "document", pgettext_lazy("task", "document")
    OTHER = "other", pgettext_lazy("task", "other")
