"""What is installed here: versions, extras, and whether everything that ships can be read."""

import importlib.metadata
import os
import platform
import sys
from pathlib import Path

from .. import __version__, catalogue, shelf, solve

#: What each extra is for, and the distributions that it needs.
EXTRAS = {"fast": ("compiled populations", ("numba",)),
          "app": ("the page in the browser, sliders in Jupyter", ("streamlit", "ipywidgets")),
          "docs": ("building the documentation", ("sphinx", "myst-parser", "furo", "sphinx-mathjax-offline")),
          "test": ("running the tests", ("pytest", "hypothesis", "mpmath", "build", "nbclient", "selenium")),
          "bench": ("measuring speeds", ("numba", "mpmath", "libroadrunner"))}
LIBRARIES = ("numpy", "scipy", "sympy", "lmfit", "pandas", "xarray", "pint", "matplotlib", "openpyxl", "jinja2",
             "tabulate", "tomli-w", "tqdm")


def examined():
    """A dictionary of versions, extras, folders and counts."""
    extras = {}
    for name, (purpose, needed) in EXTRAS.items():
        missing = [one for one in needed if _version(one) is None]
        extras[name] = {"purpose": purpose, "missing": missing}
    return {"pkmodels": __version__, "python": platform.python_version(), "executable": sys.executable,
            "platform": platform.platform(), "libraries": {name: _version(name) for name in LIBRARIES},
            "extras": extras, "cache": _cache(), "data": str(shelf.folder("data")), "fits": str(shelf.folder("fits")),
            "ships": {"release models": len(catalogue.list_models()), "bodies": len(catalogue.list_models("body")),
                      "effects": len(catalogue.list_models("effect")),
                      "drugs": len(shelf.names("data", "drugs/*.toml")),
                      "curves": len(shelf.names("data", "curves/*.csv")), "fits": len(shelf.names("fits", "*.toml"))}}


def text(found):
    """The examination for people."""
    lines = [f"pkmodels {found['pkmodels']} on Python {found['python']} ({found['executable']})", found["platform"], ""]
    lines += [f"{name:<12} {version or 'MISSING: python -m pip install ' + name}"
              for name, version in found["libraries"].items()]
    lines.append("")
    for name, extra in found["extras"].items():
        state = "there" if not extra["missing"] else f"not installed: python -m pip install \"pkmodels[{name}]\""
        lines.append(f"extra {name:<6} {extra['purpose']}: {state}")
    lines += ["", f"data: {found['data']}", f"fits: {found['fits']}",
              "ships: " + ", ".join(f"{count} {what}" for what, count in found["ships"].items()),
              f"cache: {found['cache']}"]
    return "\n".join(lines)


def _cache():
    """Where compiled code is kept, in words."""
    if _version("numba") is None:
        return "none; nothing is written outside the files that you name"
    place = os.environ.get("NUMBA_CACHE_DIR") or Path(solve.__file__).parent / "__pycache__"
    kept = sorted(Path(place).rglob("population_*.nbc"))
    size = sum(path.stat().st_size for path in kept) / 1e6
    return (f"compiled populations in {place} ({len(kept)} files, {size:.1f} MB; may be deleted); nothing else is "
            f"written outside the files that you name")


def _version(name):
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None
