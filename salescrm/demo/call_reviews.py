"""Call reviews of the sample company: some of each manager over the last weeks, most of them read."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import NAMESPACE_URL, uuid5

from deals.call_reviews import actions, querysets
from deals.call_reviews.actions import Said
from deals.call_reviews.models import CallCriterion
from salescrm.demo.deals import moment
from staff.access import Role
from staff.models import Employee

FEEDBACK = (
    "Хорошо выяснил потребность. В конце не назван день следующего звонка: договаривайтесь о дате.",
    "Цена прозвучала раньше вопросов. Сначала узнайте тираж и срок, потом предлагайте.",
    "Отличный разговор: возражение о сроке снято, следующий шаг назначен.",
    "Клиент сказал о новом проекте, вопрос не задан. Запишите задачу и вернитесь к нему.",
)
ANSWERS = ("", "Учту, спасибо", "")
PEOPLE = 8


def write(until: date) -> None:
    """Let the head of sales review calls of some managers."""
    head = Employee.people.filter(role=Role.HOS, is_active=True).order_by("pk").first()
    criteria = list(CallCriterion.objects.filter(is_active=True))
    if head is None or not criteria:
        return
    people = list(querysets.reviewed_people(head).order_by("pk").values_list("pk", flat=True)[:PEOPLE])
    calls = querysets.proposed(head, people, until).select_related("author").order_by("author", "-day", "pk")
    for place, call in enumerate(calls):
        points = {one.pk: 2 - (place * 7 + number * number) % 5 // 2 for number, one in enumerate(criteria)}
        day = min(call.day + timedelta(days=1 + place % 3), until)
        made = actions.review(
            communication=call, said=Said(points, FEEDBACK[place % len(FEEDBACK)]),
            submission=uuid5(NAMESPACE_URL, f"call-review-{call.pk}"), acting_user=head, now=moment(day),
        )  # fmt: skip
        if place % 4:
            answer = ANSWERS[place % len(ANSWERS)]
            actions.confirm(found=made, answer=answer, seen=made.version, acting_user=call.author, now=moment(day))
