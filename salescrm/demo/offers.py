"""Commercial offers of the sample company: an approved template, its letterhead, offers of deals in every state."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import NAMESPACE_URL, uuid5

from clients.models import LossReason
from deals.dealing.models import Deal
from deals.offers import actions
from deals.offers.models import OfferTemplate, SentBy
from salescrm.demo.deals import moment
from staff.access import Role
from staff.models import Employee

TEMPLATE = "Общее коммерческое предложение"
TEXTS = {
    "greeting": "Предложение для {client}\n\nБлагодарим за интерес к нашему текстилю.",
    "argument": (
        "- собственный склад: отгрузка со следующего дня;\n"
        "- постоянная матрица, цвета повторяются от партии к партии;\n"
        "- личный менеджер: {manager}."
    ),
    "terms": "Итого: **{total}**. Цены действуют до {valid_until}. Доставка до транспортной компании бесплатно.",
    "closing": "Готовы ответить на вопросы и собрать пробную партию.\n\n{manager}",
}
LETTERHEAD = {
    "name": "ООО «Текстиль-Проект»",
    "details": "Санкт-Петербург, Обводный канал, 118\n+7 812 000-00-00",
    "footer": "Предложение не является публичной офертой.",
}
OFFERS = 24
LASTS = timedelta(days=14)


def write(until: date) -> None:
    """Write template, letterhead and offers of the deals that stand in a stage where one is made."""
    head = Employee.people.filter(role=Role.HOS).order_by("pk").first()
    keeper = Employee.people.filter(role=Role.MARKETER).order_by("pk").first() or head
    if head is None or keeper is None:
        return
    template = OfferTemplate.objects.filter(name=TEMPLATE).first()
    if template is None:
        version = actions.save_template(
            template=None, name=TEMPLATE, language="ru", segments=[], is_active=True, texts=TEXTS, acting_user=keeper
        )
        actions.approve(version=version, seen=TEXTS, acting_user=head, now=moment(until - timedelta(days=60)))
        actions.save_letterhead(**LETTERHEAD)
        template = version.template
    reason = LossReason.objects.filter(is_active=True).order_by("pk").first()
    deals = Deal.objects.open().filter(stage__code__in=["shipment-offer", "shipment-invoice", "contract-quote"])
    near = deals.filter(opened_on__lte=until).select_related("owner").order_by("-amount", "pk")[:OFFERS]
    for place, deal in enumerate(near):
        day = until - timedelta(days=place % 9)
        made = actions.draft(
            deal=deal,
            template=template,
            contact=deal.contact,
            valid_until=day + LASTS,
            submission=uuid5(NAMESPACE_URL, f"offer-{deal.pk}"),
            acting_user=deal.owner,
            now=moment(day),
        )
        if place % 4 == 0:
            continue
        sent = actions.send(
            offer=made,
            way=SentBy.OTHER,
            email="",
            remind_in=3,
            seen=made.version,
            acting_user=deal.owner,
            now=moment(day),
        )
        if place % 4 == 3 and reason is not None:
            said = actions.Answer(True, until) if place % 8 == 3 else actions.Answer(False, until, "Дорого", reason)
            actions.answer(offer=sent, said=said, seen=sent.version, acting_user=deal.owner, now=moment(until))
