"""Running the app: gunicorn with threads where it is installed, Werkzeug's own server elsewhere.

One process: the model is loaded once and shared by the threads; SQLite likes one writer's process.
"""

from flask import Flask


def run(app: Flask, *, host: str, port: int, threads: int = 16) -> None:
    """Serve until stopped."""
    try:
        from gunicorn.app.base import BaseApplication
    except ImportError:
        from werkzeug.serving import run_simple

        run_simple(host, port, app, threaded=True)
        return

    class Server(BaseApplication):
        """Gunicorn configured from here instead of from the command line."""

        def load_config(self) -> None:
            """Our settings."""
            options = {"bind": f"{host}:{port}", "workers": 1, "worker_class": "gthread", "threads": threads}
            for key, value in {
                **options,
                "loglevel": "warning",
                "timeout": 300,
                "control_socket_disable": True,
            }.items():
                if key in self.cfg.settings:
                    self.cfg.set(key, value)

        def load(self) -> Flask:
            """The app, made before the fork."""
            return app

    Server().run()
