"""Requests for help of the sample company: one that waits, one in work, one closed with its result."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import NAMESPACE_URL, uuid5

from clients.models import Ownership
from deals.help_requests import actions
from salescrm.demo.deals import moment
from staff.access import Role
from staff.models import Employee

# what is difficult, what was tried, asked days ago, notes of the joint work, the result
ASKED = (
    ("Просит скидку 30 % и грозит уйти к конкуренту", "Предложил 10 % за объём, отказался", 1, (), ""),
    ("Не оплачивает счёт, на звонки не отвечает", "Звонил трижды, писал письмо бухгалтеру", 4,
     ("Позвонили вместе директору: обещал оплату в пятницу",), ""),
    ("Недоволен качеством печати, хочет вернуть партию", "Отправил фото на склад, ждём ответа", 12,
     ("Встретились у клиента, посмотрели партию", "Согласовали замену части тиража"),
     "Заменили 40 футболок, клиент остался"),
)  # fmt: skip


def write(until: date) -> None:
    """Let owners ask, and the head of sales help."""
    head = Employee.people.filter(role=Role.HOS, is_active=True).order_by("pk").first()
    if head is None:
        return
    owned = Ownership.objects.filter(
        ends_on=None, owner__role=Role.CSM, owner__is_active=True, client__archived_on=None, client__merged_into=None
    )
    few = owned.select_related("client__branch", "owner").order_by("pk")[: len(ASKED)]
    for place, (one, told) in enumerate(zip(few, ASKED, strict=False)):
        difficulty, tried, ago, notes, result = told
        now = moment(until - timedelta(days=ago))
        key = f"help-{place}"
        made = actions.ask(
            client=one.client, deal=None, difficulty=difficulty, tried=tried, acting_user=one.owner, now=now,
            submission=uuid5(NAMESPACE_URL, key),
        )  # fmt: skip
        if not notes or made.is_over:
            continue
        made = actions.accept(found=made, acting_user=head, now=now)
        for number, text in enumerate(notes):
            submission = uuid5(NAMESPACE_URL, f"{key}-{number}")
            actions.note(found=made, text=text, submission=submission, acting_user=head, now=now)
        if result:
            submission = uuid5(NAMESPACE_URL, f"{key}-end")
            actions.close(
                found=made, result=result, seen=made.version, submission=submission, acting_user=head, now=now
            )
