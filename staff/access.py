"""The one role matrix: who sees which rows, whose figures, and what each role may change (R199, R378).

Everything that asks "may this person …?" asks here and nowhere else. Rows: `rows(person)` says how far a person sees
clients (and with them deals, tasks, invoices, claims); `may(person, act)` answers for actions.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db.models import TextChoices
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from staff.models import Employee


class Role(TextChoices):
    """Posts that have a log-in; other posts have the role NONE and cannot sign in."""

    CSM = "csm", _("Client service manager")
    CSH = "csh", _("Head of client service")
    HOS = "hos", _("Head of sales")
    BDM_KEY = "bdm_key", _("Development manager, key clients")
    BDM_RECOVERY = "bdm_recovery", _("Development manager, recovery")
    LEAD_MANAGER = "lead_manager", _("Lead manager")
    MARKETER = "marketer", _("Marketer")
    OPERATOR = "operator", _("Sales department operator")
    BRANCH_HEAD = "branch_head", _("Head of the branch")
    DEPUTY_DIRECTOR = "deputy_director", _("Deputy director")
    DEPUTY_IT = "deputy_it", _("Administrator")
    DIRECTOR = "director", _("Director")
    NONE = "none", _("No log-in")


class Rows(StrEnum):
    """How far a person sees clients and what hangs on them."""

    NOTHING = "nothing"
    POTENTIAL = "potential"
    OWN = "own"
    BRANCH = "branch"
    ALL = "all"


class Figures(StrEnum):
    """Whose figures (plan and fact) a person sees."""

    NOTHING = "nothing"
    OWN = "own"
    BRANCH = "branch"  # of everybody in the own branch
    COMPANY = "company"  # sums of the company, nobody by name
    ALL = "all"


class Pay(StrEnum):
    """Whose pay a person sees; standing in for somebody does not open it."""

    NOTHING = "nothing"
    OWN = "own"
    BRANCH = "branch"  # of everybody in the own branch
    DEPARTMENT = "department"  # of everybody in the own department
    ALL = "all"


class Act(StrEnum):
    """What a role may do beyond reading its rows."""

    CHANGE_OWN = "change_own"  # clients in one's own portfolio
    CHANGE_OWNER = "change_owner"  # owner, distribution, absence, tasks of others: within one's rows
    DISTRIBUTE = "distribute"  # share clients out by rule, among others too: within one's rows
    ASSIGN_LEADS = "assign_leads"  # give leads to people, within one's rows
    SET_UP_LEADS = "set_up_leads"  # who receives leads, terms, weights of the score, public forms
    APPROVE_HAND_OVERS = "approve_hand_overs"
    ARCHIVE = "archive"  # put clients into the archive and take them back: within one's rows
    EXPORT = "export"
    SHARE_VIEWS = "share_views"  # views of lists with the team and with everybody, beyond the own office
    SEE_CONTACTS = "see_contacts"  # people of clients: at once where one may change the client, elsewhere on asking
    SEE_SEGMENTATION = "see_segmentation"  # matrix, TOP list, zero board: totals within one's rows
    RUN_CLASSES = "run_classes"
    CHANGE_RULES = "change_rules"
    RUN_NIGHTS = "run_nights"
    UNDO_NIGHTS = "undo_nights"
    SEE_NIGHTS = "see_nights"
    IMPORT = "import"
    SEE_COMPANY_FIGURES = "see_company_figures"
    CLOSE_MONTHS = "close_months"  # freeze the figures of a month, open it again, reckon months anew
    SEE_STAFF = "see_staff"
    CHANGE_STAFF = "change_staff"
    CHANGE_TYPOLOGY = "change_typology"
    PUBLISH_TYPOLOGY = "publish_typology"
    DECIDE_TYPES = "decide_types"  # agree with a type that differs from the suggested one, or return it
    RECONCILE = "reconcile"  # look the base through, make tasks of what is found, of anybody: within one's rows
    CHANGE_COMPLETENESS = "change_completeness"  # what has to be known of a client, what is enough, for how long
    SEE_PIPELINES = "see_pipelines"  # how pipelines are set up, how deals go through them, what stands still in them
    CHANGE_PIPELINES = "change_pipelines"  # stages, norms, scripts, what follows by itself
    APPROVE_DEFERRALS = "approve_deferrals"  # payment later than in advance: term and limit
    KEEP_OFFER_TEMPLATES = "keep_offer_templates"  # what commercial offers say (R148)
    APPROVE_OFFER_TEMPLATES = "approve_offer_templates"  # let a version of a template be used
    APPROVE_LEGAL = "approve_legal"  # contracts, for the lawyers (R195)
    APPROVE_COMMERCIAL = "approve_commercial"  # contracts: prices and terms; stands in where an office is empty
    SEE_ACCESS_LOG = "see_access_log"  # who read how much of the base (R21)
    SEE_CHANGES = "see_changes"  # the log of changes of owner, status, TOP, rules, plans (R381)
    SEE_PLANS = "see_plans"  # own plan; of a branch, of everybody: as `kpi.plans.querysets` says
    PROPOSE_PLANS = "propose_plans"  # drafts of the plan, what is agreed with people on it
    CHANGE_PLANS = "change_plans"  # approve and correct the plan, goals of years, seasonality
    HOLD_MEETINGS = "hold_meetings"  # call people to meetings, write their minutes (R273, R274)
    SEE_CHANGE_PLAN = "see_change_plan"  # what is still to be set up in the department, the yearly review
    CHANGE_CHANGE_PLAN = "change_change_plan"
    SEE_PAY = "see_pay"  # own pay; of others as PAY says
    CHANGE_PAY = "change_pay"  # drafts of pay schemes, the rate of the pay fund
    APPROVE_PAY = "approve_pay"  # let a pay scheme hold
    AUTOMATE = "automate"  # switch automatic jobs on and off, change the figures they work by (R376)
    EDIT_HANDBOOK = "edit_handbook"  # write drafts of articles of the sales book, all sections (R279)
    EDIT_KNOWLEDGE = "edit_knowledge"  # of its knowledge base, scripts and typology
    APPROVE_HANDBOOK = "approve_handbook"  # put drafts in force, withdraw articles
    CHECK_READING = "check_reading"  # who has read the book and passed its tests: of one's rows (R284)
    LEAD_LEARNING = "lead_learning"  # trainings, adaptation, competence cards: of people within one's rows (R214-R216)
    SET_COMPETENCES = "set_competences"  # what posts ask of people, what every adaptation goes through
    SET_LOAD_NORMS = "set_load_norms"  # how many clients a post carries, how long an order takes (R208, R209)
    APPROVE_STRUCTURE = "approve_structure"  # let the structure of the company hold (R200)
    DISMISS = "dismiss"  # pass the work of a person who leaves on and close the log-in: of everybody
    SET_SPECIAL_TASKS = "set_special_tasks"  # one task for many, of both kinds: for people within one's rows (R185)
    SET_MARKETING_TASKS = "set_marketing_tasks"  # marketing ones only (R186)
    REVIEW_CALLS = "review_calls"  # score calls of people within one's rows against the script (R277)
    GIVE_HELP = "give_help"  # take requests for help with clients within one's rows (R217)
    ADMINISTER = "administer"


_OWN = {
    Act.CHANGE_OWN,
    Act.EXPORT,
    Act.SEE_CONTACTS,
    Act.SEE_SEGMENTATION,
    Act.SEE_STAFF,
    Act.SEE_PLANS,
    Act.SEE_PAY,
}
_HEAD = _OWN | {
    Act.CHANGE_OWNER,
    Act.DISTRIBUTE,
    Act.RECONCILE,
    Act.ASSIGN_LEADS,
    Act.APPROVE_HAND_OVERS,
    Act.ARCHIVE,
    Act.SEE_NIGHTS,
    Act.SHARE_VIEWS,
    Act.DECIDE_TYPES,
    Act.HOLD_MEETINGS,
    Act.SEE_CHANGE_PLAN,
    Act.CHECK_READING,
    Act.SET_SPECIAL_TASKS,
    Act.LEAD_LEARNING,
    Act.REVIEW_CALLS,
    Act.GIVE_HELP,
}
_HOS = _HEAD | {
    Act.SEE_PIPELINES,
    Act.CHANGE_PIPELINES,
    Act.SET_UP_LEADS,
    Act.RUN_CLASSES,
    Act.CHANGE_RULES,
    Act.RUN_NIGHTS,
    Act.UNDO_NIGHTS,
    Act.IMPORT,
    Act.SEE_COMPANY_FIGURES,
    Act.CHANGE_STAFF,
    Act.CHANGE_TYPOLOGY,
    Act.PUBLISH_TYPOLOGY,
    Act.CHANGE_COMPLETENESS,
    Act.APPROVE_DEFERRALS,
    Act.KEEP_OFFER_TEMPLATES,
    Act.APPROVE_OFFER_TEMPLATES,
    Act.APPROVE_COMMERCIAL,
    Act.SEE_ACCESS_LOG,
    Act.SEE_CHANGES,
    Act.AUTOMATE,
    Act.EDIT_HANDBOOK,
    Act.APPROVE_HANDBOOK,
    Act.CLOSE_MONTHS,
    Act.PROPOSE_PLANS,
    Act.CHANGE_PLANS,
    Act.CHANGE_CHANGE_PLAN,
    Act.CHANGE_PAY,
    Act.SET_LOAD_NORMS,
    Act.SET_COMPETENCES,
    Act.DISMISS,
}

ROWS: dict[str, Rows] = {
    Role.CSM: Rows.OWN,
    Role.BDM_KEY: Rows.OWN,
    Role.BDM_RECOVERY: Rows.OWN,
    Role.OPERATOR: Rows.OWN,
    Role.LEAD_MANAGER: Rows.POTENTIAL,
    Role.BRANCH_HEAD: Rows.BRANCH,
    Role.CSH: Rows.ALL,
    Role.MARKETER: Rows.ALL,
    Role.HOS: Rows.ALL,
    Role.DEPUTY_DIRECTOR: Rows.ALL,
    Role.DEPUTY_IT: Rows.ALL,
    Role.DIRECTOR: Rows.ALL,
    Role.NONE: Rows.NOTHING,
}

FIGURES: dict[str, Figures] = {
    Role.CSM: Figures.OWN,
    Role.BDM_KEY: Figures.OWN,
    Role.BDM_RECOVERY: Figures.OWN,
    Role.LEAD_MANAGER: Figures.OWN,
    Role.OPERATOR: Figures.OWN,
    Role.BRANCH_HEAD: Figures.BRANCH,
    Role.MARKETER: Figures.COMPANY,
    Role.CSH: Figures.ALL,
    Role.HOS: Figures.ALL,
    Role.DEPUTY_DIRECTOR: Figures.ALL,
    Role.DIRECTOR: Figures.ALL,
    Role.DEPUTY_IT: Figures.NOTHING,
    Role.NONE: Figures.NOTHING,
}

PAY: dict[str, Pay] = {
    Role.CSM: Pay.OWN,
    Role.BDM_KEY: Pay.OWN,
    Role.BDM_RECOVERY: Pay.OWN,
    Role.LEAD_MANAGER: Pay.OWN,
    Role.OPERATOR: Pay.OWN,
    Role.CSH: Pay.OWN,
    Role.MARKETER: Pay.OWN,
    Role.BRANCH_HEAD: Pay.BRANCH,
    Role.HOS: Pay.DEPARTMENT,
    Role.DIRECTOR: Pay.ALL,
    Role.DEPUTY_DIRECTOR: Pay.NOTHING,
    Role.DEPUTY_IT: Pay.NOTHING,
    Role.NONE: Pay.NOTHING,
}

ACTS: dict[str, set[Act]] = {
    Role.CSM: _OWN,
    Role.BDM_KEY: _OWN,
    Role.BDM_RECOVERY: _OWN,
    Role.OPERATOR: {Act.CHANGE_OWN, Act.IMPORT, Act.SEE_CONTACTS, Act.SEE_STAFF, Act.SEE_PLANS, Act.SEE_PAY},
    Role.LEAD_MANAGER: {
        Act.CHANGE_OWN,
        Act.ASSIGN_LEADS,
        Act.SEE_CONTACTS,
        Act.SEE_STAFF,
        Act.SEE_PLANS,
        Act.SEE_PAY,
    },
    Role.CSH: _HEAD
    | {
        Act.SEE_PIPELINES,
        Act.SET_UP_LEADS,
        Act.SEE_COMPANY_FIGURES,
        Act.CHANGE_COMPLETENESS,
        Act.KEEP_OFFER_TEMPLATES,
        Act.APPROVE_OFFER_TEMPLATES,
        Act.PROPOSE_PLANS,
        Act.EDIT_KNOWLEDGE,
        Act.SET_LOAD_NORMS,
        Act.SET_COMPETENCES,
    },
    Role.BRANCH_HEAD: _HEAD,
    Role.MARKETER: {
        Act.SEE_CHANGE_PLAN,
        Act.EXPORT,
        Act.SEE_SEGMENTATION,
        Act.SEE_COMPANY_FIGURES,
        Act.SEE_STAFF,
        Act.CHANGE_TYPOLOGY,
        Act.EDIT_KNOWLEDGE,
        Act.KEEP_OFFER_TEMPLATES,
        Act.SEE_PAY,
        Act.SET_MARKETING_TASKS,
    },
    Role.HOS: _HOS,
    Role.DEPUTY_DIRECTOR: {
        Act.SEE_CHANGE_PLAN,
        Act.APPROVE_LEGAL,
        Act.EXPORT,
        Act.SHARE_VIEWS,
        Act.SEE_CONTACTS,
        Act.SEE_SEGMENTATION,
        Act.RUN_CLASSES,
        Act.RECONCILE,
        Act.IMPORT,
        Act.SEE_NIGHTS,
        Act.SEE_CHANGES,
        Act.SEE_COMPANY_FIGURES,
        Act.SEE_STAFF,
        Act.CHANGE_STAFF,
        Act.EDIT_HANDBOOK,
        Act.CHECK_READING,
        Act.SEE_PLANS,
    },
    Role.DEPUTY_IT: {
        Act.SEE_CHANGE_PLAN,
        Act.CHANGE_CHANGE_PLAN,
        Act.IMPORT,
        Act.SEE_CONTACTS,
        Act.SEE_NIGHTS,
        Act.SEE_SEGMENTATION,
        Act.SEE_STAFF,
        Act.CHANGE_STAFF,
        Act.CHANGE_COMPLETENESS,
        Act.SEE_ACCESS_LOG,
        Act.SEE_CHANGES,
        Act.AUTOMATE,
        Act.ADMINISTER,
    },
    Role.DIRECTOR: {
        Act.HOLD_MEETINGS,
        Act.SEE_CHANGE_PLAN,
        Act.EXPORT,
        Act.APPROVE_HANDBOOK,
        Act.CHECK_READING,
        Act.SHARE_VIEWS,
        Act.SEE_CONTACTS,
        Act.SEE_SEGMENTATION,
        Act.SEE_NIGHTS,
        Act.SEE_CHANGES,
        Act.SEE_COMPANY_FIGURES,
        Act.SEE_STAFF,
        Act.SEE_PLANS,
        Act.SEE_PAY,
        Act.APPROVE_PAY,
        Act.APPROVE_STRUCTURE,
        Act.LEAD_LEARNING,
        Act.DISMISS,
    },
    Role.NONE: set(),
}


def rows(person: Employee) -> Rows:
    """Say how far `person` sees clients; an inactive person sees nothing."""
    return ROWS[person.role] if person.is_active else Rows.NOTHING


def figures(person: Employee) -> Figures:
    """Say whose figures `person` sees; an inactive person sees nothing."""
    return FIGURES[person.role] if person.is_active else Figures.NOTHING


def pay(person: Employee) -> Pay:
    """Say whose pay `person` sees; an inactive person sees nothing."""
    return PAY[person.role] if person.is_active else Pay.NOTHING


def may(person: Employee, act: Act) -> bool:
    """Say whether the role of `person` allows `act` (on the rows the person sees)."""
    return person.is_active and act in ACTS[person.role]


def roles_with(act: Act) -> list[str]:
    """Return the roles that allow `act`."""
    return [role for role, acts in ACTS.items() if act in acts]


def require(person: Employee, act: Act) -> None:
    """Raise PermissionDenied (403) unless `person` may do `act`."""
    if not may(person, act):
        raise PermissionDenied


def login_of(request: HttpRequest) -> Employee:
    """Return the signed-in person of a request behind log-in; raise PermissionDenied for anybody else."""
    if not request.user.is_authenticated:
        raise PermissionDenied
    return request.user
