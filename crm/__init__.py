"""Lantern: what people send becomes a lead, intake answers, a coach takes over, promises are kept, reports tell."""

from flask import Flask
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from config import ROOT, Config
from crm.db import init_db
from crm.programme import use
from crm.web import login_manager
from crm.web.body import LIMIT, BodyFirst
from crm.web.context import init_context
from crm.web.errors import init_errors
from crm.web.guards import init_guards
from crm.web.headers import init_headers
from crm.web.locks import check_locks, public
from crm.web.static import init_static

csrf = CSRFProtect()


def create_app(config: Config) -> Flask:
    """The whole application for these settings. Refuses to start with a page that declares no permission."""
    use(config)
    app = Flask("crm", template_folder=str(ROOT / "templates"))
    app.config.update(
        SECRET_KEY=config.secret_key,
        TRUSTED_HOSTS=list(config.trusted_hosts) or None,
        MAX_CONTENT_LENGTH=LIMIT,
        SESSION_COOKIE_NAME="__Host-form" if config.secure_cookies else "form",
        SESSION_COOKIE_SECURE=config.secure_cookies,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,  # as long as the browser's own session: a form left open over lunch still works
        WTF_CSRF_SSL_STRICT=False,  # we send no referrer; Sec-Fetch-Site is checked instead (crm.web.guards)
        BABEL_TRANSLATION_DIRECTORIES=str(ROOT / "translations"),
    )
    app.jinja_env.autoescape = True
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    init_db(app, config.database_url, config.field_keys)
    init_guards(app)
    csrf.init_app(app)
    login_manager.init_app(app, add_context_processor=False)  # an error page needs no database
    init_headers(app)
    init_errors(app)
    init_context(app)
    init_static(app)
    _open_the_doors(app)
    check_locks(app)
    app.wsgi_app = BodyFirst(app.wsgi_app)  # type: ignore[method-assign]
    if config.proxy_hops:
        hops = config.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app


def _open_the_doors(app: Flask) -> None:
    """Register the pages of every step."""
    from crm import doors
    from crm.intake.rush import init_rush

    init_rush(app)
    for blueprint in doors.DOORS:
        app.register_blueprint(blueprint)
    for view in doors.PROVE_THEMSELVES:
        csrf.exempt(view)
    public(app.view_functions["static"])
