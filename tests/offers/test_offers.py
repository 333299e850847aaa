"""Offers and their templates: what may be used, what is frozen, what follows (R143, R148)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives
from django.db import DatabaseError, transaction

from clients.models import Client, Communication, LossReason
from deals.dealing import stages
from deals.dealing.models import Deal
from deals.models import Task
from deals.offers import actions, paper, text
from deals.offers.actions import Refused
from deals.offers.models import PARTS, Offer, OfferState, OfferTemplate, OfferTemplateVersion, SentBy
from deals.offers.querysets import in_state
from deals.pipelines.models import Asked, Stage
from staff.models import Employee
from tests import make
from tests.conftest import TODAY
from tests.offers.scene import NOW, answered, approved, drafted, goods, sent, written

pytestmark = pytest.mark.django_db


@dataclass
class World:
    """A client of one person with a deal of two lines, and an approved template for all types."""

    csm: Employee
    hos: Employee
    client: Client
    deal: Deal
    template: OfferTemplate
    reason: LossReason


@pytest.fixture
def world(people: dict[str, Employee]) -> World:
    client = make.client("Принт-Хаус", people["csm"], standing={"life_cycle": "active"})
    deal = goods(make.deal(client, people["csm"], TODAY), people["csm"], ("Поло", 3, 100), ("Кружка", 2, 50))
    reason = LossReason.objects.create(code="price", name="Цена")
    return World(people["csm"], people["hos"], client, deal, approved(people["hos"]), reason)


# --- texts ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written_as", "drawn"),
    [
        ("Привет", "<p>Привет</p>"),
        ("", ""),
        ("один\nдва\n\nтри", "<p>один<br>два</p><p>три</p>"),
        ("вот:\n- раз\n- два", "<p>вот:</p><ul><li>раз</li><li>два</li></ul>"),
        ("**важно**", "<p><b>важно</b></p>"),
        ("<script>x</script>", "<p>&lt;script&gt;x&lt;/script&gt;</p>"),
        ("{client}", "<p>ООО &lt;b&gt;**Ы** {manager}</p>"),
        ("{contact}!", "<p>!</p>"),
        ("{% now %}{{x}}", "<p>{}</p>"),
    ],
)
def test_a_text_is_substituted_plainly_and_escaped(written_as: str, drawn: str) -> None:
    assert text.render(written_as, {"client": "ООО <b>**Ы** {manager}", "manager": "X"}) == drawn


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ("{client} {total}", []),
        ("{klient} и {сумма} и {klient}", ["klient", "сумма"]),
        ("{}", [""]),
        ("{ client }", [" client "]),
    ],
)
def test_placeholders_that_are_none_are_named(said: str, wrong: list[str]) -> None:
    assert text.unknown(said) == wrong


# --- templates --------------------------------------------------------------------------------------------------------


def test_an_unknown_placeholder_is_refused_with_its_name(world: World) -> None:
    with pytest.raises(Refused, match="skidka"):
        written(world.hos, "Другой", terms="{skidka}")
    assert not OfferTemplate.objects.filter(name="Другой").exists()


def test_a_version_in_work_is_not_used_and_an_approved_one_is_never_changed(world: World) -> None:
    version = world.template.versions.get()
    newer = written(world.hos, greeting="Добрый день")
    assert (newer.number, newer.approved_at) == (2, None)
    assert written(world.hos, greeting="Добрый вечер").pk == newer.pk

    assert drafted(world.deal, world.template, world.csm).template_version == version
    for change in (lambda: OfferTemplateVersion.objects.filter(pk=version.pk).update(terms="x"), version.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_approving_a_text_that_was_changed_since_it_was_read_is_refused(world: World) -> None:
    version = written(world.hos, greeting="Добрый день")
    seen = {part: getattr(version, part) for part in PARTS}
    written(world.hos, greeting="Добрый вечер")
    with pytest.raises(Refused):
        actions.approve(version=version, seen=seen, acting_user=world.hos, now=NOW)


# --- a draft ----------------------------------------------------------------------------------------------------------


def test_a_draft_is_numbered_within_the_year_and_made_once(world: World) -> None:
    submission = uuid.uuid4()
    first = drafted(world.deal, world.template, world.csm, submission=submission)
    assert drafted(world.deal, world.template, world.csm, submission=submission) == first
    second = drafted(world.deal, world.template, world.csm)
    next_year = datetime(2027, 1, 11, 10, tzinfo=UTC)
    third = drafted(world.deal, world.template, world.csm, now=next_year, valid_until=next_year.date())
    assert [one.code for one in (first, second, third)] == ["2026-1", "2026-2", "2027-1"]


def test_where_no_offer_may_be_made(world: World) -> None:
    other = make.client("Другой", world.csm)
    stranger = make.contact(other, "Чужой")
    not_approved = written(world.hos, "Новый").template
    with pytest.raises(Refused):
        drafted(world.deal, not_approved, world.csm)
    for said in ({"contact": stranger}, {"valid_until": TODAY - timedelta(1)}):
        with pytest.raises(Refused):
            drafted(world.deal, world.template, world.csm, **said)
    Stage.objects.filter(pk=world.deal.stage_id).update(forbids_offer=True)
    with pytest.raises(Refused, match="stage 1"):
        drafted(world.deal, world.template, world.csm)
    assert not Offer.objects.exists()


def test_a_template_of_types_is_offered_to_clients_of_them(world: World) -> None:
    OfferTemplate.objects.filter(pk=world.template.pk).update(is_active=False)
    assert not OfferTemplate.objects.all().offered_to(world.client).exists()


# --- sent -------------------------------------------------------------------------------------------------------------


def test_what_was_sent_stays_whatever_becomes_of_the_deal_and_the_template(world: World) -> None:
    contact = make.contact(world.client, "Анна")
    offer = sent(drafted(world.deal, world.template, world.csm, contact=contact), world.csm)
    before = paper.of(offer)

    world.deal.refresh_from_db()
    goods(world.deal, world.csm, ("Другое", 1, 1))
    approved(world.hos, greeting="Другой текст")
    Client.objects.filter(pk=world.client.pk).update(name="Иначе")

    after = paper.of(Offer.objects.get(pk=offer.pk))
    assert (after.parts, after.total, after.values) == (before.parts, Decimal(400), before.values)
    assert [(line.name, line.total) for line in after.lines] == [("Поло", Decimal(300)), ("Кружка", Decimal(100))]
    assert "Анна" in after.parts["greeting"]
    for change in (
        lambda: Offer.objects.filter(pk=offer.pk).update(valid_until=TODAY),
        lambda: Offer.objects.filter(pk=offer.pk).update(said={}),
        lambda: offer.lines.update(price=1),
        lambda: offer.lines.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_sending_logs_a_letter_and_sets_the_task_once(world: World, mailoutbox: list[EmailMultiAlternatives]) -> None:
    offer = drafted(world.deal, world.template, world.csm)
    done = sent(offer, world.csm)
    sent(offer, world.csm)

    assert done.state == OfferState.SENT
    (entry,) = Communication.objects.filter(client=world.client)
    assert (entry.kind, entry.author) == ("letter", world.csm)
    assert offer.code in entry.text
    task = Task.objects.get(origin=f"offer_reaction:{offer.pk}")
    assert (task.deal, task.assignee, task.due_on) == (world.deal, world.csm, TODAY + timedelta(4))  # over a week-end
    assert not mailoutbox


def test_by_email_a_letter_goes_out(world: World, mailoutbox: list[EmailMultiAlternatives]) -> None:
    sent(drafted(world.deal, world.template, world.csm), world.csm, way=SentBy.EMAIL, email="a@b.example")
    (letter,) = mailoutbox
    assert letter.to == ["a@b.example"]
    assert "Поло" in str(letter.alternatives[0][0])
    assert "Поло" in letter.body


def test_the_second_of_two_people_is_told(world: World) -> None:
    offer = drafted(world.deal, world.template, world.csm)
    told: dict[str, Any] = {"template": world.template, "contact": None, "valid_until": TODAY}
    told |= {"seen": offer.version, "now": NOW}
    actions.correct(offer=offer, **told)
    for act in (
        lambda: actions.correct(offer=offer, **told),
        lambda: sent(offer, world.csm),
        lambda: actions.discard(offer=offer, seen=offer.version),
    ):
        with pytest.raises(Refused):
            act()


def test_a_draft_is_deleted_and_a_sent_one_is_not(world: World) -> None:
    offer = drafted(world.deal, world.template, world.csm)
    actions.discard(offer=offer, seen=offer.version)
    assert not Offer.objects.exists()
    kept = sent(drafted(world.deal, world.template, world.csm), world.csm)
    with pytest.raises(Refused):
        actions.discard(offer=kept, seen=kept.version)


# --- the reaction -----------------------------------------------------------------------------------------------------


def test_a_reaction_ends_the_task_and_stands_in_the_timeline(world: World) -> None:
    offer = sent(drafted(world.deal, world.template, world.csm), world.csm)
    done = answered(offer, world.csm, is_accepted=False, reason=world.reason, comment="Дорого")
    assert (done.state, done.loss_reason, done.reacted_on) == ("refused", world.reason, TODAY)
    assert Task.objects.get(origin=f"offer_reaction:{offer.pk}").state == "done"
    assert Communication.objects.filter(client=world.client, text__contains="Дорого").count() == 1
    with pytest.raises(Refused):
        answered(done, world.csm)


def test_what_is_no_reaction(world: World) -> None:
    draft = drafted(world.deal, world.template, world.csm)
    with pytest.raises(Refused):
        answered(draft, world.csm)
    offer = sent(draft, world.csm)
    for said in (
        {"is_accepted": False},
        {"day": TODAY + timedelta(1)},
        {"day": TODAY - timedelta(1)},
        {"seen": offer.version + 1},
    ):
        with pytest.raises(Refused):
            answered(offer, world.csm, **said)
    offer.refresh_from_db()
    assert offer.state == OfferState.SENT


def test_a_new_version_replaces_the_old_one_when_it_is_sent(world: World) -> None:
    old = sent(drafted(world.deal, world.template, world.csm), world.csm)
    told: dict[str, Any] = {"valid_until": TODAY + timedelta(5), "acting_user": world.csm, "now": NOW}
    new = actions.renew(offer=old, submission=uuid.uuid4(), **told)
    assert actions.renew(offer=old, submission=uuid.uuid4(), **told) == new
    old.refresh_from_db()
    assert (new.code, old.state) == ("2026-1/2", OfferState.SENT)

    sent(new, world.csm)
    old.refresh_from_db()
    assert old.state == OfferState.REPLACED
    assert Task.objects.get(origin=f"offer_reaction:{old.pk}").state == "done"
    assert paper.of(old).total == 400


def test_each_offer_is_in_one_state_the_rule_and_the_set_agree(world: World) -> None:
    open_one = sent(drafted(world.deal, world.template, world.csm), world.csm)
    drafted(world.deal, world.template, world.csm)
    for day in (TODAY, open_one.valid_until, open_one.valid_until + timedelta(1)):
        for offer in Offer.objects.all():
            found = [state for state in OfferState.values if Offer.objects.filter(in_state(state, day), pk=offer.pk)]
            assert found == [offer.shown_state(day)]


def test_a_stage_may_ask_for_a_sent_offer(world: World) -> None:
    Stage.objects.filter(pk=world.deal.stage_id).update(asks=[Asked.OFFER])
    deal = Deal.objects.select_related("stage").get(pk=world.deal.pk)
    offer = drafted(deal, world.template, world.csm)
    assert stages.missing(deal) == [Asked.OFFER]
    sent(offer, world.csm)
    assert stages.missing(deal) == []
