"""Settings of an installation. Importing them starts nothing and needs no server."""

import os
from pathlib import Path

import dj_database_url
import django_stubs_ext
import pgtrigger
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from salescrm import embedded, environment

django_stubs_ext.monkeypatch()  # lets ModelAdmin[Employee] be said at run time too

BASE_DIR = Path(__file__).resolve().parent.parent
HOME = environment.home(BASE_DIR)
URL = os.environ.get("SALESCRM_URL", "").rstrip("/")
SECURE = URL.startswith("https://")
DEBUG = environment.flag("SALESCRM_DEBUG")
SHOW_UI_PAGE = DEBUG or environment.flag("SALESCRM_UI")
SECRET_KEY = environment.secret(HOME, "secret-key")
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"] + ([URL.split("//")[1].split("/")[0].split(":")[0]] if URL else [])
CSRF_TRUSTED_ORIGINS = [URL] if URL else []

INSTALLED_APPS = [
    "salescrm.base",
    "staff",
    "clients",
    "deals",
    "segmentation",
    "kpi",
    "salescrm.commands",
    "salescrm.administration.Administration",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_celery_beat",
    "django_filters",
    "django_htmx",
    "pgtrigger",
    "pghistory",
    "template_partials",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "staff.middleware.sessions_seen",
    "staff.middleware.person_settings",
    "pghistory.middleware.HistoryMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "salescrm.urls"
WSGI_APPLICATION = "salescrm.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "salescrm.base.menu.frame",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "salescrm.base.templatetags.crm"],
        },
    }
]

# What mixes rooms is assembled from contributions of the rooms, in this order.
LISTS = [  # lists of which views are saved
    "clients.filters.CLIENTS",
    "deals.filters.TASKS",
    "deals.invoices.filters.INVOICES",
    "deals.dealing.listing.DEALS",
    "deals.reconciliation.listing.LINES",
    "deals.leads.filters.LEADS",
]
LIST_AUDIENCES = "staff.audiences"  # with whom they are shared
MENU = [
    "salescrm.menu",
    "deals.menu",
    "deals.leads.menu",
    "clients.menu",
    "segmentation.menu",
    "kpi.menu",
    "clients.intake.menu",
    "staff.menu",
]
MY_DAY = [
    "deals.home",
    "deals.leads.home",
    "segmentation.home",
    "clients.home",
    "kpi.board.home",
    "kpi.plans.home",
    "staff.home",
]
INTAKE = [  # kinds of files that are brought
    "clients.intake.orders.ORDERS",
    "clients.intake.firms.CLIENTS",
    "deals.invoices.intake.INVOICES",
    "deals.invoices.intake.PAYMENTS",
]
SEARCH = [
    "clients.search",
    "deals.search",
    "segmentation.search",
    "kpi.search",
    "staff.search",
    "clients.intake.search",
]
TIMELINE = ["clients.timeline", "deals.timeline", "segmentation.timeline"]
CHANGE_LOG = [
    "clients.logged",
    "deals.logged",
    "segmentation.logged",
    "kpi.logged",
]  # changes of owner, status, TOP and what else is told of
NOTIFICATIONS = ["staff.told", "clients.told", "deals.told", "segmentation.told", "kpi.told"]  # their kinds
AUTOMATION = [  # what works by itself, with its switch, and the figures it works by
    "staff.automatic",
    "clients.automatic",
    "deals.automatic",
    "segmentation.automatic",
    "kpi.automatic",
    "salescrm.letters",
]
MERGE = ["clients.merge", "deals.merge", "segmentation.merge", "kpi.merge"]  # what follows when clients are joined
LEAVING = [  # what a person who leaves has in hand, in the order in which it is passed on
    "staff.leaving",
    "deals.leaving",
    "clients.leaving",
    "segmentation.leaving",
    "kpi.leaving",
]
CLIENT_FILTERS = ["segmentation.filters"]  # what rooms to the right add to the list of clients for their links
ACCESS_LOG = "staff:access-log"  # the page a warning of the base's guard leads to
JOBS = [
    "clients.jobs",
    "clients.exports",
    "deals.exports",
    "deals.invoices.exports",
    "deals.jobs",
    "deals.reconciliation.listing",
    "deals.leads.exports",
    "deals.leads.jobs",
    "segmentation.jobs",
    "kpi.jobs",
    "salescrm.nightly",
    "salescrm.automation",
]
AFTER_ORDERS = ["deals-by-rule"]  # kinds of jobs started when orders were brought in, with the day of it

# --- servers
SERVERS = embedded.urls()
DATABASES = {"default": dj_database_url.parse(os.environ.get("DATABASE_URL") or SERVERS.database_url, conn_max_age=60)}
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"].setdefault("OPTIONS", {})["application_name"] = "salescrm"
REDIS_URL = os.environ.get("REDIS_URL") or SERVERS.redis_url
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- background work: the database knows what is to be done, the broker only carries messages
CELERY_BROKER_URL = embedded.broker_url(REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

# --- people
AUTH_USER_MODEL = "staff.Employee"
AUTHENTICATION_BACKENDS = ["staff.accounts.Backend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "staff.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ALLAUTH_TRUSTED_PROXY_COUNT = int(SECURE)  # https comes through a proxy: addresses are counted as it forwards them
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "SalesCRM"
MFA_ALLOW_UNVERIFIED_EMAIL = True  # addresses are entered by the administrator; nobody signs up with a stranger's
USERSESSIONS_TRACK_ACTIVITY = True
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30

# --- languages and time
LANGUAGE_CODE = "ru"
LANGUAGES = [("ru", _("Russian")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_THOUSAND_SEPARATOR = True
FORMAT_MODULE_PATH = "salescrm.base.formats"
TIME_ZONE = os.environ.get("SALESCRM_TIME_ZONE", "Europe/Moscow")
CURRENCY = os.environ.get("SALESCRM_CURRENCY", "RUB")

# --- files
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "build" / "collected"
STATICFILES_DIRS = [BASE_DIR / "static", BASE_DIR / "build" / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = HOME / "files"
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
SILENCED_SYSTEM_CHECKS = ["staticfiles.W004"]  # build/static exists after `make install` only

# --- letters: without a mail server they stay in the outbox table
EMAIL_URL = os.environ.get("EMAIL_URL", "")
EMAIL_BACKEND = "salescrm.base.notify.Outbox"
DEFAULT_FROM_EMAIL = os.environ.get("SALESCRM_FROM", "SalesCRM <crm@localhost>")
EMAIL_TIMEOUT = 20
LINKS_FROM = URL or f"http://localhost:{os.environ.get('PORT') or '8000'}"  # addresses in letters

# --- security: everything that needs https hangs on SALESCRM_URL=https://…
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = SECURE
SESSION_COOKIE_HTTPONLY = True
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

PGHISTORY_APPEND_ONLY = True
PGHISTORY_LEVEL = pgtrigger.Statement

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"django.request": {"level": "ERROR"}},
}
