"""Settings: everything that differs between installations comes through `config.environment`."""

import environ
from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from config import environment

BASE_DIR = environment.ROOT
VAR_DIR = environment.var_dir()
DEBUG = environment.flag("HANDOFF_DEBUG", default=False)
SECRET_KEY = environment.secret_key(VAR_DIR, debug=DEBUG)
BASE_URL = environment.text("HANDOFF_BASE_URL", f"http://127.0.0.1:{environment.text('PORT', '8000')}").rstrip("/")
HTTPS = BASE_URL.startswith("https://")
ALLOWED_HOSTS = environment.items("HANDOFF_ALLOWED_HOSTS", "127.0.0.1,localhost")
CSRF_TRUSTED_ORIGINS = [BASE_URL]

DOMAIN_APPS = ["journal", "accounts", "leads", "scoring", "handoff", "feedback", "reports", "integrations"]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "config",
    *DOMAIN_APPS,
    "allauth",
    "allauth.account",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "accounts.middleware.EntryMiddleware",
    "accounts.middleware.FormAddressMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "accounts.context.shell",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "accounts.templatetags.ui"],
        },
    }
]

# -- data ---------------------------------------------------------------------------------------
DATABASES = {"default": environment.database(VAR_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = environment.text("REDIS_URL")
MEDIA_ROOT = VAR_DIR / "files"
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 50 * 1024 * 1024 + 64 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# -- people -------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_ADAPTER = "accounts.adapter.ClosedSignupAdapter"
ACCOUNT_FORMS = {
    "change_password": "accounts.web.sign_in_forms.OtherPasswordForm",
    "reset_password_from_key": "accounts.web.sign_in_forms.NewPasswordForm",
}
ACCOUNT_SESSION_REMEMBER = True
# The link came to their own address: whoever was invited is in once the password is set.
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

# -- language and time --------------------------------------------------------------------------
LANGUAGE_CODE = "ja"
LANGUAGES = [("ja", _("Japanese")), ("en", _("English"))]
LOCALE_PATHS = sorted(path for path in (BASE_DIR / "locale").glob("*") if path.is_dir())
LANGUAGE_COOKIE_NAME = "handoff_language"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Tokyo"

# -- files served -------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"] + [path for path in [BASE_DIR / "static_vendor"] if path.is_dir()]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_MANIFEST_STRICT = False

# -- security -----------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
if HTTPS:
    SESSION_COOKIE_NAME = "__Host-handoff_session"
    CSRF_COOKIE_NAME = "__Host-handoff_csrf"
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
else:
    SESSION_COOKIE_NAME = "handoff_session"
    CSRF_COOKIE_NAME = "handoff_csrf"

# -- mail ---------------------------------------------------------------------------------------
vars().update(environ.Env.email_url_config(environment.text("EMAIL_URL") or "consolemail://"))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = environment.text("HANDOFF_MAIL_FROM", "Handoff <handoff@localhost>")

# -- background work: the queue is a doorbell, the database is the truth -------------------------
CELERY_BROKER_URL = REDIS_URL or f"redis+socket://{environment.broker_socket(VAR_DIR)}"
CELERY_TASK_ALWAYS_EAGER = False
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 3600
CELERY_TASK_SOFT_TIME_LIMIT = 3300
CELERY_TASK_DEFAULT_QUEUE = "urgent"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_timeout": 2,
    "socket_connect_timeout": 1,
    "health_check_interval": 10,
}
# Without a file of its own: a torn one would keep beat from coming back, and the one interval needs no memory.
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"
SWEEP_SECONDS = 15
WATCHDOG_SILENCE_SECONDS = 45
CELERY_BEAT_SCHEDULE = {
    # Every sweep is safe to run twice at once; two beats only double the ticks.
    "sweep": {
        "task": "integrations.tasks.sweep_all",
        "schedule": SWEEP_SECONDS,
        "options": {"queue": "urgent", "expires": SWEEP_SECONDS},
    },
}

# -- API ----------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.api.authentication.ApiKeyAuthentication",
        "accounts.api.authentication.BrowserAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.api.permissions.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["accounts.api.renderers.JSONRenderer"],
    # The renderer writes moments; a field would turn them into texts of this process's zone before.
    "DATETIME_FORMAT": None,
    "DEFAULT_PARSER_CLASSES": ["accounts.api.parsers.StrictJSONParser"],
    "DEFAULT_PAGINATION_CLASS": "accounts.api.pagination.CappedCursorPagination",
    "DEFAULT_FILTER_BACKENDS": ["accounts.api.filters.StrictFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "accounts.api.schema.ProblemAutoSchema",
    "EXCEPTION_HANDLER": "accounts.api.problems.exception_handler",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Handoff",
    "DESCRIPTION": "Lead handoff CRM: leads, scores, stages, handoffs, clocks, feedback and their figures.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    # Fields of one name with different choices, each with its own.
    "ENUM_NAME_OVERRIDES": {
        "ImportStateEnum": "leads.models.imports.ImportRun.State",
        "ImportResultEnum": "leads.models.imports.ImportRow.Result",
        "StageEnum": "leads.domain.choices.Stage",
        "HandoffStateEnum": "handoff.domain.choices.HandoffState",
        "ContactMethodEnum": "handoff.domain.choices.ContactMethod",
        "ContactResultEnum": "handoff.domain.choices.ContactResult",
        "FeedbackResultEnum": "feedback.domain.choices.Result",
        "FeedbackReasonEnum": "feedback.domain.choices.Reason",
        "PauseReasonEnum": "handoff.domain.choices.PauseReason",
        "BandEnum": "scoring.domain.choices.Band",
    },
}

# -- what this installation is ------------------------------------------------------------------
DEMO = environment.flag("HANDOFF_DEMO", default=True)
ADMIN_EMAIL = environment.text("HANDOFF_ADMIN_EMAIL")
ADMIN_PASSWORD = environment.text("HANDOFF_ADMIN_PASSWORD")
FIRST_LANGUAGE = environment.choice("HANDOFF_LANGUAGE", of=[code for code, _name in LANGUAGES], default="ja")

LOG_LEVEL = environment.text("HANDOFF_LOG_LEVEL", "INFO")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    # At the handler too, for Django's loggers have levels of their own.
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "level": LOG_LEVEL}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    # Below these levels they write the addresses they speak to, which are secrets.
    "loggers": {"apprise": {"level": "CRITICAL"}, "urllib3": {"level": "ERROR"}},
}
