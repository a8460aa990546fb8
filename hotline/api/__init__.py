"""The API for machines: /api/v1 with its OpenAPI, /healthz, /metrics."""

from hotline.api.views import init_app, refuse_input

__all__ = ["init_app", "refuse_input"]
