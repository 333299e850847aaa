"""Addresses of the sales book: "crm_1c" is in force, "zz-draft" waits for approval, "zz-gone" is withdrawn."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from salescrm.base import clock
from staff.access import Act, Role
from staff.handbook import actions
from staff.handbook.models import Article, ArticleVersion, Quiz
from tests.access.clients import who_may
from tests.access.table import Row, Scene

WRITERS, KEEPERS = who_may(Act.EDIT_HANDBOOK), who_may(Act.EDIT_HANDBOOK) | who_may(Act.EDIT_KNOWLEDGE)
APPROVERS, HEADS = who_may(Act.APPROVE_HANDBOOK), who_may(Act.CHECK_READING)
WORDS = {"title": "x", "text": "y", "title_en": "", "text_en": ""}


def prepare(scene: Scene) -> None:
    """Add the articles the program brings along, a draft, a withdrawn one and a test."""
    now, hos = clock.now(), scene.people[Role.HOS]
    actions.load_content(now)
    draft = actions.create(code="zz-draft", section="regulation", words=WORDS, acting_user=hos, now=now)
    scene.extra["book-draft"] = actions.submit(article=draft.article, seen=actions.mark(draft), acting_user=hos)
    gone = actions.create(code="zz-gone", section="regulation", words=WORDS, acting_user=hos, now=now)
    actions.approve(article=gone.article, seen=actions.mark(gone), acting_user=hos, now=now)
    kept = Article.objects.get(code="zz-gone")
    actions.withdraw(article=kept, seen=kept.seen, why="x", acting_user=hos, now=now)
    article = Article.objects.get(code="crm_1c")
    article.quizzes.all() or Quiz.objects.create(article=article, number=1, text="? a\n+ b\n- c", at=now)


def code(name: str) -> Any:
    """Name an article."""
    return lambda scene: [name]


def given(**fields: Any) -> Any:
    """Fill a form."""
    return lambda scene: {name: value(scene) if callable(value) else value for name, value in fields.items()}


def seen(scene: Scene) -> str:
    """Name the draft as it is."""
    return actions.mark(ArticleVersion.objects.get(article__code="zz-draft", state__in=["draft", "waiting"]))


def state(name: str) -> Any:
    """Name the state of an article."""
    return lambda scene: Article.objects.get(code=name).seen


CRM, DRAFT, GONE = code("crm_1c"), code("zz-draft"), code("zz-gone")
ARRANGED = {"section": "regulation", "place": 1, "term_days": 5, "seen": state("crm_1c")}
ROWS = [
    Row("handbook:book"),
    Row("handbook:book", query="?q=клиенты"),
    Row("handbook:article", args=CRM),
    Row("handbook:article", WRITERS | APPROVERS, args=DRAFT, denied=404),
    Row("handbook:article", WRITERS | APPROVERS, args=GONE, denied=404),
    Row("handbook:changes", WRITERS, args=CRM, query="?from=1&to=2", ok=404, denied=404),
    Row("handbook:new", KEEPERS),
    Row("handbook:preview", method="post", data=given(text="## x")),
    Row("handbook:edit", WRITERS, args=CRM),
    Row("handbook:edit", WRITERS, "post", args=CRM, data=given(**WORDS, seen="1.1"), ok=302),
    Row("handbook:arrange", WRITERS, args=CRM),
    Row("handbook:arrange", WRITERS, "post", args=CRM, data=given(**ARRANGED), ok=302),
    Row("handbook:quiz-edit", WRITERS, args=CRM),
    Row("handbook:submit", WRITERS, "post", args=DRAFT, data=given(seen=seen), ok=302),
    Row("handbook:give-back", APPROVERS, args=DRAFT),
    Row("handbook:approve", APPROVERS, "post", args=DRAFT, data=given(seen=seen), ok=302),
    Row("handbook:withdraw", APPROVERS, args=CRM),
    Row("handbook:bring-back", APPROVERS, "post", args=GONE, data=given(seen=state("zz-gone")), ok=302),
    Row("handbook:overview", HEADS),
    Row("handbook:readers", HEADS, args=CRM),
    Row("handbook:file", HEADS, args=code("csv"), query="?article=crm_1c"),
    Row("handbook:quiz", args=CRM),
    Row("handbook:quiz", method="post", args=CRM, data=given(number=1, submission=lambda scene: uuid4()), ok=422),
    Row("handbook:acknowledge", method="post", args=lambda scene: ["crm_1c", 1], ok=302),
]
