"""The rules of the house that a machine can check."""

import ast
import re
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from tests.factories import make_person, make_project
from tracker import migrations
from tracker.activity.kinds import KINDS
from tracker.config import SETTINGS
from tracker.database import Base, db
from tracker.features import FEATURES, foundations
from tracker.migrations import comparison
from tracker.permissions import permissions
from tracker.projects.models import Project
from tracker.projects.permissions import visible_to
from tracker.projects.states import STEPS, ProjectState

ROOT = Path(__file__).parent.parent
CODE = ROOT / "tracker"
MODULES = sorted(CODE.rglob("*.py"))
IN_FEATURES = [path for path in MODULES if path.relative_to(CODE).parts[0] in FEATURES]
MUST_NOT_IMPORT = {  # a module of this name  ->  modules it does not know
    "states": {"models", "permissions", "queries", "actions", "forms", "views", "flask", "sqlalchemy"},
    "models": {"permissions", "queries", "actions", "forms", "views", "flask"},
    "permissions": {"queries", "actions", "forms", "views", "flask"},
    "queries": {"actions", "forms", "views", "flask"},
    "actions": {"forms", "views", "flask"},
    "forms": {"permissions", "queries", "views"},
}


def imports(path: Path) -> set[str]:
    """Every dotted name a module imports, at the top or inside a function."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def name_of(path: Path) -> str:
    return str(path.relative_to(CODE))


@pytest.mark.parametrize("path", IN_FEATURES, ids=name_of)
def test_imports_point_inwards(path):
    ours = {name.split(".")[2] for name in imports(path) if re.match(r"tracker\.\w+\.\w+", name)}
    foreign = {name.split(".")[0] for name in imports(path)}
    assert not (ours | foreign) & MUST_NOT_IMPORT.get(path.stem, set())


@pytest.mark.parametrize("path", IN_FEATURES, ids=name_of)
def test_features_build_only_on_those_above(path):
    feature = path.relative_to(CODE).parts[0]
    used = {name.split(".")[1] for name in imports(path) if name.startswith("tracker.")} & set(FEATURES)
    assert used <= {feature, *foundations(feature)}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_module_outgrows_its_reader(path):
    if "versions" not in path.parts:
        assert len(path.read_text().splitlines()) <= 400
    assert path.stem not in {"util", "utils", "helpers", "common", "misc", "services"}


@pytest.mark.parametrize("feature", FEATURES)
def test_a_feature_says_what_it_is(feature):
    assert ast.get_docstring(ast.parse((CODE / feature / "__init__.py").read_text()))


def test_every_route_says_who_may_use_it(app):
    assert not [name for name, view in app.view_functions.items() if not hasattr(view, "access")]
    assert {view.access for view in app.view_functions.values()} <= {*permissions, "public"}


def test_every_step_names_a_permission_and_a_kind_of_activity():
    assert {step.permission for step in STEPS.values()} <= set(permissions)
    assert {f"projects.{name}" for name in STEPS} <= set(KINDS)


def test_every_recorded_kind_is_declared():
    recorded = set()
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text())):
            named = isinstance(node, ast.Call) and getattr(node.func, "id", "") == "record" and node.args
            if named and isinstance(node.args[0], ast.Constant):
                recorded.add(node.args[0].value)
    assert recorded
    assert recorded <= set(KINDS)


def test_every_mail_has_its_template(app):
    named = set()
    for path in MODULES:
        named |= set(re.findall(r'"(\w+/mail/\w+\.txt)"', path.read_text()))
    assert named
    assert {name for name in named if not (ROOT / "templates" / name).is_file()} == set()


@pytest.mark.parametrize("who", ["visitor", "stranger", "member", "partner", "lead", "coordinator"])
@pytest.mark.parametrize("state", ProjectState)
def test_a_list_shows_exactly_what_may_be_opened(state, who):
    project = make_project(state)
    if not project.partner_people:
        project.partner_people.append(make_person())
    actor = {
        "visitor": None,
        "stranger": make_person(),
        "member": make_person(institution=project.partners[0].institution),
        "partner": project.partner_people[0],
        "lead": project.lead,
        "coordinator": project.coordinator,
    }[who]
    if actor is not None:
        db.session.expire(actor)
    listed = db.session.scalars(sa.select(Project.id).where(visible_to(actor))).all()
    assert (project.id in listed) == permissions["view_project"](actor, project)


def test_the_models_are_what_the_migrations_make(app):
    context = MigrationContext.configure(
        db.session.connection(),
        opts={"compare_type": comparison.same_type, "include_object": comparison.ours},
    )
    assert compare_metadata(context, Base.metadata) == []


def test_head_names_the_newest_migration(app):
    scripts = ScriptDirectory.from_config(migrations.configuration(app))
    assert scripts.get_heads() == [(CODE / "migrations" / "HEAD").read_text().strip()]


def test_the_readme_maps_every_folder_and_lists_every_setting():
    readme = (ROOT / "README.md").read_text()
    assert [name for name in FEATURES if f"`{name}/`" not in readme] == []
    platform = [path.stem for path in CODE.glob("*.py") if not path.stem.startswith("__")]
    assert [name for name in platform if f"`{name}`" not in readme] == []
    assert [setting.name for setting in SETTINGS if f"`{setting.name}`" not in readme] == []


def test_the_readme_lists_every_command(app):
    readme = (ROOT / "README.md").read_text()
    commands = [
        f"tracker {group} {name}" for group, held in app.cli.commands.items() for name in getattr(held, "commands", {})
    ]
    assert commands
    assert [command for command in commands if f"`{command}" not in readme] == []


def test_the_project_speaks_of_itself_alone():
    words = re.compile(r"\b(?:claude|anthropic|openai|chatgpt|copilot|language model|/work/|/tmp/)", re.IGNORECASE)
    kinds = {".py", ".html", ".css", ".js", ".md", ".toml", ".txt", ".svg"}
    tracked = [ROOT / "README.md", ROOT / "run.py", ROOT / "pyproject.toml"]
    for folder in ("tracker", "templates", "static", "tests", ".ci"):
        tracked += [path for path in (ROOT / folder).rglob("*") if path.suffix in kinds]
    here = Path(__file__)
    assert [str(path) for path in tracked if path != here and words.search(path.read_text())] == []
