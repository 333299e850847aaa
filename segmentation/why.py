"""Answers to "why?": the rule, its inputs and dates behind a class, TOP membership, a status, a hand-over (R69, R378).

What a night decided is read back from where it stored it; nothing is decided again here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.models import Client, Communication, Standing
from salescrm.base import show
from salescrm.base.models import StepRun
from salescrm.base.periods import add_months
from segmentation import concentration
from segmentation.kept_back import excluded, reasons
from segmentation.models import (
    CaseRule,
    CaseState,
    Classification,
    ClientState,
    HeadListReason,
    Measure,
    RuleSet,
    StatusChange,
    TermClass,
    TopMembership,
    TopOverride,
    ZeroCase,
)
from segmentation.priorities import strategic
from segmentation.steps import last_done


@dataclass
class Why:
    """An explanation as people read it: sentences, and facts as (label, value)."""

    title: str
    sentences: list[str] = field(default_factory=list)
    rule_set: RuleSet | None = None
    facts: list[tuple[str, str]] = field(default_factory=list)


def why_class(client: Client, as_of: date | None = None) -> Why:
    """Explain the client's class of the night `as_of` (the last one by default)."""
    night = as_of or last_done()
    row = Classification.objects.at(night).filter(client=client).select_related("rule_set").first() if night else None
    if row is None:
        return Why(_("No class"), [_("The client has no purchase in the window.")])
    window = {"start": show.month(row.window_start), "end": show.month(add_months(row.window_end, -1))}
    why = Why(_("Class %s") % ((row.abc + row.xyz) or show.NOTHING), rule_set=row.rule_set)
    why.sentences = [*_abc(row), *_xyz(row, night), *_concentration(row, night)]
    why.facts = [
        (_("Window"), _("%(start)s – %(end)s") % window),
        (_("Net turnover"), show.money(row.turnover)),
        (_("Since the night of"), show.day_long(row.since)),
    ]
    return why


def _abc(row: Classification) -> list[str]:
    if not row.abc:
        return [_("Net turnover of the window is not above zero, so there is no letter.")]
    rules = row.rule_set
    told = {
        "before": show.percent(row.share_before, 1),
        "a": show.percent(rules.a_share),
        "b": show.percent(rules.b_share),
        "letter": row.abc,
    }
    return [
        _(
            "Clients with a larger turnover bring %(before)s of the company's: "
            "A begins below %(a)s, B below %(b)s → %(letter)s."
        )
        % told
    ]


def _concentration(row: Classification, night: date | None) -> list[str]:
    """Say that the client is above a limit of the main-consumer trap."""
    found = concentration.above_limits(night, row.rule_set) if night and row.abc else []
    told = [
        {"share": show.percent(one.share, 1), "limit": show.percent(one.limit)}
        for one in found
        if one.client_id == row.client_id
    ]
    return [_("It brings %(share)s of the company's turnover: above the limit of %(limit)s.") % one for one in told]


def _xyz(row: Classification, night: date | None) -> list[str]:
    rules = row.rule_set
    if not row.abc:
        return []
    if rules.measure == Measure.CV:
        told = {
            "cv": show.percent(row.cv),
            "x": show.percent(rules.x_cv),
            "y": show.percent(rules.y_cv),
            "letter": row.xyz,
        }
        return [_("Monthly turnover varies by %(cv)s: X up to %(x)s, Y up to %(y)s → %(letter)s.") % told]
    told = {"bought": str(row.months_bought), "counted": str(row.months_counted), "least": str(rules.min_months)}
    if not row.xyz:
        return [
            _("Only %(counted)s months since the first purchase, %(least)s are needed: no letter of regularity.") % told
        ]
    told |= {
        "share": show.percent(Decimal(row.months_bought) / row.months_counted),
        "x": show.percent(rules.x_share),
        "y": show.percent(rules.y_share),
        "letter": row.xyz,
    }
    sentences = [
        _("Bought in %(bought)s of %(counted)s months, %(share)s: X from %(x)s, Y from %(y)s → %(letter)s.") % told
    ]
    left_out = _empty_months(row.since)
    if left_out:
        sentences.append(_("Left out for everybody, nobody bought: %s.") % ", ".join(left_out))
    return sentences


def _empty_months(since: date) -> list[str]:
    run = StepRun.objects.filter(step="classes", as_of=since, state="done").first()
    months: list[str] = run.detail.get("empty_months", []) if run else []
    return [show.month(date.fromisoformat(f"{month}-01")) for month in months]


def why_top(client: Client, as_of: date | None = None) -> Why:
    """Explain why the client is on the TOP list, or is not."""
    night = as_of or last_done()
    if night is None:
        return Why(_("TOP list"), [_("No night has run yet.")])
    row = TopMembership.objects.at(night).filter(client=client).select_related("rule_set").first()
    why = _member(row) if row else _not_member(client, night)
    word = TopOverride.objects.filter(client=client, starts_on__lte=night, until__gt=night).order_by("-pk").first()
    if word:
        told = {"author": word.author.short_name, "until": show.day_long(word.until), "reason": word.reason}
        said = _("%(author)s put it in until %(until)s: %(reason)s") if word.is_in else _(
            "%(author)s took it out until %(until)s: %(reason)s"
        )  # fmt: skip
        why.sentences.append(said % told)
    return why


def _member(row: TopMembership) -> Why:
    told = {"day": show.day_long(row.entered_on), "reason": row.get_entered_reason_display()}
    why = Why(_("On the TOP list"), [_("Entered in the night of %(day)s: %(reason)s.") % told], row.rule_set)
    why.sentences.append(_("It leaves at a review only, by its class of that night, or by hand."))
    why.facts = [
        (_("Class at entry"), row.entered_cell or show.NOTHING),
        (_("Place by turnover"), show.number(row.rank)),
        (_("Turnover at entry"), show.money(row.turnover)),
    ]
    return why


def _not_member(client: Client, night: date) -> Why:
    rules = RuleSet.objects.in_force(night)
    why = Why(_("Not on the TOP list"), rule_set=rules)
    why.facts = [(_("TOP classes"), ", ".join(rules.top_cells)), (_("At most"), show.number(rules.top_cap))]
    last = TopMembership.objects.filter(client=client, left_on__lte=night).order_by("-left_on").first()
    if last:
        told = {"day": show.day_long(last.left_on), "reason": last.get_left_reason_display()}
        why.sentences.append(_("Left in the night of %(day)s: %(reason)s.") % told)
    row = Classification.objects.at(night).filter(client=client).first()
    if row is None or row.abc + row.xyz not in rules.top_cells:
        why.sentences.append(_("Its class is none of the TOP classes."))
    else:
        why.sentences.append(
            _("Its class is a TOP class; it enters with its next purchase, or when its turnover is within the limit.")
        )
    return why


def why_status(client: Client, as_of: date | None = None) -> Why:
    """Explain the client's status: which purchase, which term, which day."""
    night = as_of or last_done()
    state = ClientState.objects.filter(client=client).select_related("rule_set").first()
    if state is None or night is None:
        return Why(_("Potential"), [_("The client has no documents yet.")])
    change = StatusChange.objects.filter(client=client, as_of__lte=night).order_by("-as_of").first()
    why = Why(str(state.get_status_display()).capitalize(), rule_set=state.rule_set)
    if change:
        told = {"day": show.day_long(change.as_of), "status": change.get_after_display()}
        why.sentences.append(_("Since the night of %(day)s: %(status)s.") % told)
    why.sentences += _status_sentences(client, state)
    why.facts = _status_facts(state)
    return why


def _status_sentences(client: Client, state: ClientState) -> list[str]:
    if state.archived_by_hand:
        return [_("Archived by hand: %s") % client.archive_reason]
    if not state.purchases:
        return [_("There are documents, but no purchase: returns only.")] if state.returns_only else []
    rules, term = state.rule_set, state.term_class
    told: dict[str, Any] = {
        "last": show.day_long(state.last_purchase_on),
        "term_class": TermClass(term).label if term else "",
        "zero": getattr(rules, f"zero_{term}", ""),
        "hand_over": getattr(rules, f"hand_over_{term}", ""),
        "lost": getattr(rules, f"lost_{term}", ""),
    }
    said = [
        _(
            "Last purchase: %(last)s. Terms of «%(term_class)s», months: zero after %(zero)s, "
            "hand-over after %(hand_over)s, lost after %(lost)s."
        )
        % told
    ]
    if state.term_class_fixed:
        said.append(_("The terms are fixed since it became zero; only a later purchase ends that."))
    if rules.own_rhythm and state.rhythm_days:
        said.append(_("It buys every %s days: no term is shorter than its own rhythm allows.") % state.rhythm_days)
    if state.returned_in_full:
        said.append(_("Everything it bought was returned; the purchases still count."))
    return said


def _status_facts(state: ClientState) -> list[tuple[str, str]]:
    days = (
        (_("Zero on"), state.zero_on),
        (_("Hand-over on"), state.hand_over_on),
        (_("Lost on"), state.lost_on),
        (_("Archived on"), state.archive_on),
    )
    return [(_("Purchases"), show.number(state.purchases))] + [
        (label, show.day_long(day)) for label, day in days if day
    ]


def why_hand_over(client: Client, as_of: date | None = None) -> Why:
    """Explain the case of the present silence, or the status and what keeps the client from being handed over."""
    night = as_of or last_done()
    kept_back = kept_back_by(client, night)
    cases = ZeroCase.objects.filter(client=client).select_related("rule_set", "from_owner", "to_owner", "returned_to")
    case = (cases.filter(opened_on__lte=as_of) if as_of else cases).order_by("-pk").first()
    if case is None or not _is_of_this_silence(case):
        why = why_status(client, as_of)
        why.title = _("Not handed over")
        why.sentences += [*_went_back(case), *kept_back]
        return why
    why = Why(str(case.get_state_display()).capitalize(), rule_set=case.rule_set)
    told = {
        "since": show.day_long(case.silent_since),
        "due": show.day_long(case.due_on),
        "rule": case.get_rule_display(),
        "owner": case.from_owner.short_name,
    }
    if case.rule == CaseRule.UNCONFIRMED_INVOICE:
        why.sentences = [not_confirmed(case)]
    else:
        why.sentences = [_("No purchase after %(since)s; the term of «%(rule)s» was over on %(due)s.") % told]
    handed = case.state == CaseState.HANDED_OVER
    why.sentences += [*_case_sentences(case), *(excluded(client, night) if handed and night else kept_back)]
    why.facts = [(_("From"), case.from_owner.short_name)]
    if case.to_owner:
        why.facts.append((_("To"), case.to_owner.short_name))
    if case.handed_on:
        why.facts.append((_("From the day"), show.day_long(case.handed_on)))
    return why


def not_confirmed(case: ZeroCase) -> str:
    """Say of which invoice nobody has heard a yes, and when the days for it were over (R177)."""
    told = {"since": show.day_long(case.silent_since), "due": show.day_long(case.due_on)}
    return (
        _("The first invoice, of %(since)s, was not confirmed by the contacts of its days; they were over on %(due)s.")
        % told
    )


def kept_back_by(client: Client, night: date | None) -> list[str]:
    """Return what keeps the client back on a night; nothing before the first one."""
    return reasons(client, night) if night else []


def _is_of_this_silence(case: ZeroCase) -> bool:
    """Say whether the case is reckoned from the client's last purchase (none at all, with an invoice not confirmed)."""
    if case.rule == CaseRule.UNCONFIRMED_INVOICE:
        return not ClientState.objects.filter(pk=case.client_id, last_purchase_on__isnull=False).exists()
    return ClientState.objects.filter(pk=case.client_id, last_purchase_on=case.silent_since).exists()


APPROVALS = {
    "backlog": lambda: _("It waits for approval: the first hand-overs and large late imports are one list to approve."),
    "size": lambda: _("It waits for approval: too many clients at once."),
    "mode": lambda: _("It waits for approval: the rules ask for it in every case."),
    "swinging": lambda: _(
        "It waits for approval: returned twice within twelve months. A place is looked for when it is approved."
    ),
}


def _case_sentences(case: ZeroCase) -> list[str]:
    said = []
    if case.was_lost:
        said.append(_("It was lost already, so it comes last in the order of work."))
    if case.why.get("rhythm_days"):
        said.append(
            _("It buys every %s days: no term is shorter than its own rhythm allows.") % case.why["rhythm_days"]
        )
    if case.why.get("returned_in_full"):
        said.append(_("Everything it bought was returned; the purchases still count."))
    if case.why.get("approval") in APPROVALS:
        said.append(APPROVALS[case.why["approval"]]())
    if case.state == CaseState.WAITING:
        said.append(_("No development manager of its branch has a place."))
    if case.why.get("head_list") in HeadListReason.values:
        reason = HeadListReason(case.why["head_list"]).label
        said.append(_("It is on the list of the head, who decides who works it: %s.") % reason)
    return said + _went_back(case)


def _went_back(case: ZeroCase | None) -> list[str]:
    if case is None or not case.bought_on or not case.returned_to:
        return []
    told = {"day": show.day_long(case.bought_on), "owner": case.returned_to.short_name}
    return [_("It bought on %(day)s and went back to %(owner)s.") % told]


def why_contact(client: Client, as_of: date | None = None) -> Why:
    """Explain the day by which the client is to be spoken with (R89-R97)."""
    standing = Standing.objects.filter(client=client).first()
    if standing is None or standing.contact_from is None or standing.contact_due_on is None:
        said = _("No norm of contacts holds: it is for clients that are new, active or zero, from the next night on.")
        return Why(_("No norm of contacts"), [said])
    why = Why(_("Contact due on %s") % show.day_long(standing.contact_due_on))
    why.sentences = [_contact_rule(standing), _contact_start(standing)]
    if standing.contact_by_calendar:
        why.sentences.append(_("The term is the calendar period after that day; it ends on its last working day."))
    else:
        why.sentences.append(_("A term that ends on a day off ends on the next working day of the branch."))
    why.facts = _contact_facts(client, standing)
    return why


def _contact_rule(standing: Standing) -> str:
    if standing.contact_days is not None:
        words = ngettext(
            "The client is zero: an attempt to speak with it is asked for every day.",
            "The client is zero: an attempt to speak with it is asked for every %d days.",
            standing.contact_days,
        )
        return words % standing.contact_days if standing.contact_days > 1 else words
    kind = _("TOP") if standing.top else str(standing.get_life_cycle_display())
    words = ngettext(
        "By the norm for this client (%(kind)s) a conversation is due at least once a month.",
        "By the norm for this client (%(kind)s) a conversation is due at least once in %(n)s months.",
        standing.contact_months or 0,
    )
    return words % {"kind": kind, "n": show.number(standing.contact_months)}


def _contact_start(standing: Standing) -> str:
    told = {"day": show.day_long(standing.contact_from)}
    if standing.contact_days is not None:
        return _("Counted from %(day)s: the last attempt, or the night it became zero.") % told
    if standing.last_contact_on is None:
        return (
            _(
                "No conversation with a result is written yet: counted from %(day)s, when it came under the norm "
                "(many clients at once are spread over one term)."
            )
            % told
        )
    return _("Counted from %(day)s: the last call or meeting spoken both ways, with a result that counts.") % told


def _contact_facts(client: Client, standing: Standing) -> list[tuple[str, str]]:
    facts = [(_("Last contact"), show.day_long(standing.last_contact_on))]
    counted = Communication.objects.counted().filter(client=client).select_related("author", "result")
    last = counted.order_by("-day", "-pk").first()
    if last:
        facts.append((_("Written by"), last.author.short_name))
        facts.append((_("Result"), str(last.result)))
    facts.append((_("Next task"), show.day_long(standing.next_task_on)))
    return facts


def why_priority(client: Client, as_of: date | None = None) -> Why:
    """Explain the client's priority score by its last reckoning: every criterion with what it was reckoned from."""
    row, told = strategic.explained(client)
    if row is None:
        return Why(_("No priority score"), [_("The client has no turnover in the window, or buys no more.")])
    why = Why(_("Priority %s of 100") % show.number(row.score, 1))
    why.sentences = [f"{name}: {points}. {inputs[:1].upper()}{inputs[1:]}." for name, points, inputs in told]
    why.facts = [
        (_("Sum of points × weights ÷ sum of weights"), show.number(row.score, 2)),
        (_("Criteria of"), show.day_long(row.rules.effective_from)),
        (_("Since the night of"), show.day_long(row.as_of)),
    ]
    return why
