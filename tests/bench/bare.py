"""What to compare with: a Flask application whose only view renders a fixed template, under the same server.

`python -m tests.bench.bare FOLDER PORT`: each file of the folder is a template; /NAME renders it.
"""

import sys
from pathlib import Path

from flask import Flask, render_template
from waitress import serve


def application(folder: str) -> Flask:
    """The application that renders the folder's files."""
    app = Flask(__name__, template_folder=str(Path(folder).resolve()))
    app.config["TEMPLATES_AUTO_RELOAD"] = False

    @app.get("/<name>")
    def page(name: str) -> str:
        return render_template(f"{name}.html", title=name)

    @app.get("/healthz")
    def healthz() -> str:
        return "ok\n"

    return app


def template_of(html: str) -> str:
    """A page as a template that prints it: nothing in it is computed but one variable."""
    return "{# {{ title }} #}{% raw %}" + html.replace("{% endraw", "{%endraw") + "{% endraw %}{{ title }}"


if __name__ == "__main__":
    serve(application(sys.argv[1]), host="127.0.0.1", port=int(sys.argv[2]), threads=4, ident=None, _quiet=True)
