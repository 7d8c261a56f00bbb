"""The documentation: Markdown pages, and a reference that is written from the catalogue while it is built."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE.parent / "tests")]

import pkmodels  # noqa: E402

project = "pkmodels"
author = "The pkmodels developers"
project_copyright = "The pkmodels developers, BSD-3-Clause"
release = version = pkmodels.__version__

extensions = ["myst_parser", "sphinx.ext.mathjax", "sphinx-mathjax-offline"]
myst_enable_extensions = ["dollarmath", "deflist"]
myst_heading_anchors = 3
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = "pkmodels"
html_show_sphinx = False
html_static_path = []
# Nothing is fetched while building or reading: no fonts, no scripts from elsewhere.
html_theme_options = {"top_of_page_buttons": []}
pygments_style = "friendly"
pygments_dark_style = "monokai"


def setup(app):
    """Write the reference before the pages are read."""
    import generate

    app.connect("builder-inited", lambda app: generate.everything(HERE))
