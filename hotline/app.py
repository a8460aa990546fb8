"""The application factory: everything is built here, nothing at import."""

from collections.abc import Mapping
from datetime import timedelta

from flask import Flask
from flask_openapi3 import Info, OpenAPI

from hotline import __version__, database
from hotline.config import settings


def create_app(config: Mapping[str, object] | None = None) -> Flask:
    """The service. `config` overrides `hotline.config.DEFAULT`; an unknown key raises HotlineError.

    The database is not touched: run `hotline.database.upgrade` first (`hotline serve` does).
    """
    from hotline import api
    from hotline.access import guard
    from hotline.api.models import ErrorBody
    from hotline.web import frame, plug

    app = OpenAPI(
        "hotline",
        info=Info(title="12345 热线智能派单", version=__version__),
        doc_ui=False,
        static_folder=None,
        template_folder=None,
        validation_error_status=422,
        validation_error_callback=api.refuse_input,
        validation_error_model=ErrorBody,
    )
    app.config.update(settings(config))
    app.config["PERMANENT_SESSION_LIFETIME"] = timedelta(hours=12)
    # A pasted text that is too long is told so by its length, not by Flask's limit of half a megabyte.
    app.config["MAX_FORM_MEMORY_SIZE"] = 8 * 1024 * 1024
    app.json.ensure_ascii = False
    database.init_app(app)
    plug.init_app(app)
    guard.init_app(app)
    frame.init_app(app)
    _desks(app)
    api.init_app(app)
    return app


def _desks(app: Flask) -> None:
    """One blueprint a desk."""
    from hotline.access import views as access
    from hotline.access.guard import LIMITER
    from hotline.answers import views as answers
    from hotline.intake import views as intake
    from hotline.lists import views as lists
    from hotline.meetings import views as meetings
    from hotline.review import views as review

    for module in (access, intake, review, meetings, answers, lists):
        app.register_blueprint(module.blueprint)
    limit = app.extensions[LIMITER].limit(str(app.config["LOGIN_LIMIT"]))
    app.view_functions["access.enter"] = limit(app.view_functions["access.enter"])
