"""The house: imports run downhill, start-up is light, everything ships."""

import ast
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import pkmodels

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "pkmodels"
FLOORS = [
    {"errors", "units", "references", "shelf", "workers", "kept", "__init__"},
    {"environment", "surroundings", "dimensions", "definition", "clocks", "model", "effect"},
    {"laws", "mixtures", "modifiers", "exchange", "dosimetry", "windows"},
    {"carriers", "bodies", "effects", "degradation"},
    {"catalogue", "solve", "studies"},
    {"fitting", "scenarios"},
    {"prediction", "metrics"},
    {"plotting", "reporting"},
    {"cli", "app", "__main__"},
]
#: Within a floor a module may use only these neighbours.
NEIGHBOURS = {"units": {"errors"}, "references": {"errors", "shelf"}, "shelf": {"errors"}, "workers": {"errors"},
              "kept": {"errors", "workers"},
              "model": {"environment", "dimensions", "definition", "clocks"}, "clocks": {"environment"},
              "definition": {"environment", "dimensions"}, "effect": {"environment", "dimensions", "definition"},
              "environment": set(), "surroundings": {"environment"}, "dimensions": set(),
              "modifiers": {"laws", "mixtures"}, "reporting": {"plotting"}, "__main__": {"cli"}, "cli": {"app"}}


def rooms():
    """(room, path) of every module: the top folder or file name it belongs to."""
    for path in sorted(PACKAGE.rglob("*.py")):
        yield path.relative_to(PACKAGE).parts[0].removesuffix(".py"), path


def floor(room):
    return next(k for k, names in enumerate(FLOORS) if room in names)


def imported_rooms(path):
    """The rooms of pkmodels that a module imports, wherever in the file."""
    package = ("pkmodels", *path.relative_to(PACKAGE).with_suffix("").parts[:-1])
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = package[: len(package) - node.level + 1] + tuple((node.module or "").split("."))
            base = tuple(part for part in base if part)
            if len(base) > 1:
                yield base[1]
            else:
                yield from (a.name if (PACKAGE / a.name).exists() or (PACKAGE / f"{a.name}.py").exists() else "__init__"
                            for a in node.names)
        elif isinstance(node, ast.Import):
            yield from (a.name.split(".")[1] for a in node.names if a.name.startswith("pkmodels."))


@pytest.mark.parametrize(("room", "path"), [pytest.param(r, p, id=str(p.relative_to(PACKAGE))) for r, p in rooms()])
def test_imports_run_downhill(room, path):
    for other in imported_rooms(path):
        if other in (room, "__init__"):
            continue
        same = floor(other) == floor(room) and other in NEIGHBOURS.get(room, set())
        assert floor(other) < floor(room) or same, f"{path.name} on floor {floor(room)} imports {other}"


def test_every_room_has_a_floor():
    assert {room for room, _ in rooms()} <= set().union(*FLOORS)


def test_files_can_be_held_in_mind():
    long = {str(p.relative_to(ROOT)): n for _, p in rooms() if (n := len(p.read_text().splitlines())) > 380}
    assert not long


def modules_after(code):
    done = subprocess.run([sys.executable, "-c", f"{code}\nimport sys; print(*sys.modules)"], capture_output=True,
                          text=True, check=True)
    return set(done.stdout.split())


HEAVY = {"numpy", "scipy", "sympy", "lmfit", "pandas", "xarray", "matplotlib", "pint", "jinja2", "tabulate", "tqdm"}


def test_import_is_light():
    assert not modules_after("import pkmodels") & HEAVY


def test_help_is_light():
    code = "import contextlib, io\nfrom pkmodels.cli import main\n" \
           "with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit): main(['--help'])"
    assert not modules_after(code) & HEAVY


def test_no_matplotlib_or_lmfit_before_they_are_needed():
    code = "import pkmodels as pk\npk.predict('first_order', values={'k': 0.1}, days=3)"
    assert not modules_after(code) & {"lmfit", "matplotlib", "matplotlib.pyplot"}


def test_a_saved_fit_is_predicted_without_lmfit_or_matplotlib():
    code = ("import pkmodels as pk\npk.predict('kakade_2018_goserelin_d_weibull_plateau', drug='goserelin', "
            "regimen='3.6 mg every 28 days x 2', draws=0)")
    assert not modules_after(code) & {"lmfit", "asteval", "matplotlib", "numba", "scipy.stats", "scipy.integrate",
                                        "scipy.interpolate"}


def test_public_names_are_there():
    for name in pkmodels.__all__:
        assert getattr(pkmodels, name) is not None
    with pytest.raises(AttributeError, match="pkmodels has no 'nothing'"):
        pkmodels.nothing  # noqa: B018


def test_every_package_is_in_the_map():
    listed = {line.strip() for line in (ROOT / "setup.cfg").read_text().splitlines() if line.startswith("    pkmodels")}
    folders = {"pkmodels." + ".".join(p.parent.relative_to(PACKAGE).parts) for p in PACKAGE.rglob("*.py")
               if p.parent != PACKAGE}
    assert folders <= listed


def test_wheel_holds_everything_that_ships(tmp_path):
    """Builds a wheel from a source archive, as an installer from a package index would."""
    if not (ROOT / "setup.cfg").exists():
        pytest.skip("run from an installed package: there is nothing to build")
    subprocess.run([sys.executable, "-m", "build", "--no-isolation", "--outdir", str(tmp_path), str(ROOT)],
                   check=True, capture_output=True)
    wheel = zipfile.ZipFile(next(tmp_path.glob("*.whl")))
    names = set(wheel.namelist())
    for folder in ("data", "fits"):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in (".toml", ".csv"):
                assert f"pkmodels/{path.relative_to(ROOT)}" in names
    for _, path in rooms():
        assert str(path.relative_to(ROOT)) in names
    assert "pkmodels/templates/report.html.j2" in names
    assert not [n for n in names if n.startswith(("tests", "data", "fits", "notebooks"))]
