"""What can be typed: verbs, options and their help. Imports nothing heavy, so help is quick."""

import argparse
import difflib

from .. import __version__

_TOP = """\
from a release curve to the answer: is the drug inside its window, and how sure are we?

  pkmodels demo                                                       the whole chain in a minute
  pkmodels compare lab.csv                                            which model fits
  pkmodels fit lab.csv --model weibull --save fit.toml                one model, kept for later
  pkmodels coverage fit.toml --drug goserelin \\
      --regimen "3.6 mg every 28 days x 6" --window goserelin         inside the window, for how long
  pkmodels report fit.toml --drug goserelin \\
      --regimen "3.6 mg every 28 days x 6" --window goserelin         all of it on one page
"""
_DATA_HELP = "a csv, tsv or xlsx file, or a curve that ships (pkmodels list curves)"
_SOURCE_HELP = "a saved fit (.toml), a fit that ships (pkmodels list fits), or a data file to fit with --model"


class _Parser(argparse.ArgumentParser):
    def error(self, message):
        choices = message.partition("(choose from ")[2].replace("'", "").rstrip(")").split(", ")
        wrong = message.partition("invalid choice: '")[2].partition("'")[0]
        near = difflib.get_close_matches(wrong, choices, n=1)
        hint = f"; did you mean {near[0]}?" if near and near[0] else ""
        self.exit(2, f"{self.prog}: {message}{hint} (see {self.prog} --help)\n")


def parser():
    """The parser of the command line."""
    top = _Parser(prog="pkmodels", description=_TOP, formatter_class=argparse.RawDescriptionHelpFormatter)
    top.add_argument("--version", action="version", version=f"pkmodels {__version__}")
    verbs = top.add_subparsers(dest="verb", metavar="verb", required=True)
    _list(verbs)
    _show(verbs)
    _fit(verbs)
    _compare(verbs)
    _batch(verbs)
    _predict(verbs)
    _coverage(verbs)
    _population(verbs)
    _similarity(verbs)
    _report(verbs)
    _cite(verbs)
    _demo(verbs)
    return top


def _verb(verbs, name, text, example):
    return verbs.add_parser(name, help=text, description=text, epilog=f"example:\n  {example}",
                            formatter_class=argparse.RawDescriptionHelpFormatter)


def _list(verbs):
    p = _verb(verbs, "list", "list what ships: models, bodies, drugs, windows, curves, fits", "pkmodels list models")
    p.add_argument("kind", choices=["models", "bodies", "drugs", "windows", "curves", "fits"], nargs="?",
                   default="models")
    _output(p, table=False)


def _show(verbs):
    p = _verb(verbs, "show", "show one model, body, drug, window, curve or fit", "pkmodels show drug goserelin")
    p.add_argument("kind", choices=["model", "body", "drug", "window", "curve", "fit"])
    p.add_argument("name")
    _output(p, table=False)


def _fit(verbs):
    p = _verb(verbs, "fit", "fit one release model to a measured curve",
              "pkmodels fit kakade_2018_goserelin --formulation D --model weibull+plateau --save fit.toml")
    p.add_argument("data", help=_DATA_HELP)
    p.add_argument("--model", required=True, help="such as weibull or weibull+lag+plateau (pkmodels list models)")
    p.add_argument("--fix", action="append", default=[], metavar="NAME=VALUE",
                   help="a parameter that is known, such as --fix 'k_burst=2/day'")
    p.add_argument("--save", metavar="FILE.toml", help="keep the fit as a record for predict, coverage and report")
    _errors_of_points(p)
    p.add_argument("--intervals", choices=["standard", "profile", "bootstrap"],
                   help="95 %% intervals of parameters and of t50, burst and plateau, made this way")
    p.add_argument("--priors", choices=["public"], help="hold parameters to their spread over published curves")
    _reading(p)
    _seed(p, "of the spread of starts, and of a bootstrap")
    _output(p)


def _compare(verbs):
    p = _verb(verbs, "compare", "fit several release models to one curve and rank them",
              "pkmodels compare kakade_2018_goserelin --formulation D")
    p.add_argument("data", help=_DATA_HELP)
    p.add_argument("--models", metavar="A,B,...", help="names with commas between; all models when not given")
    p.add_argument("--save", metavar="FILE.toml", help="keep the best fit as a record")
    p.add_argument("--diagnostics", action="store_true",
                   help="also how well each model predicts points that were left out, and the last third of the times")
    _errors_of_points(p)
    _reading(p)
    _seed(p, "of the spread of starts")
    _output(p)


def _batch(verbs):
    p = _verb(verbs, "batch", "fit every formulation of a file: one row per curve and model",
              "pkmodels batch kakade_2018_goserelin --models weibull,first_order --out table.xlsx")
    p.add_argument("data", help=_DATA_HELP)
    p.add_argument("--models", metavar="A,B,...", help="names with commas between; all models when not given")
    p.add_argument("--best", action="store_true", help="only the chosen model of every curve")
    _errors_of_points(p)
    _units(p)
    _seed(p, "of the spread of starts")
    _output(p)


def _predict(verbs):
    p = _verb(verbs, "predict", "predict a release profile, and concentrations with a drug and a regimen",
              'pkmodels predict --model first_order --set k=0.099/day --days 30\n'
              '  pkmodels predict fit.toml --drug goserelin --regimen "3.6 mg every 28 days x 6"')
    _prediction(p)
    p.add_argument("--every", metavar="TIME", help="step between the rows, such as '12 h' or '1 day'")
    _output(p)


def _coverage(verbs):
    p = _verb(verbs, "coverage", "share of time inside a therapeutic window, dose by dose",
              'pkmodels coverage --model zero_order --set k=0.0357/day --drug goserelin \\\n'
              '      --regimen "3.6 mg once" --days 28 --window "0.5-1.2 ng/mL"')
    _prediction(p)
    p.add_argument("--window", required=True, help="a window that ships, or limits such as '0.5-1.2 ng/mL'")
    _output(p)


def _population(verbs):
    p = _verb(verbs, "population", "concentrations and time inside a window in many patients who differ",
              'pkmodels population fit.toml --drug goserelin --regimen "3.6 mg every 28 days x 6" \\\n'
              '      --window goserelin --vary clearance=0.3 --patients 1000 --plot population.png')
    _prediction(p)
    p.set_defaults(draws=0)
    p.add_argument("--window", required=True, help="a window that ships, or limits such as '0.5-1.2 ng/mL'")
    p.add_argument("--patients", type=int, default=1000, metavar="N", help="how many (default: %(default)s)")
    p.add_argument("--vary", action="append", default=[], metavar="NAME=CV",
                   help="an assumed coefficient of variation between patients, such as --vary clearance=0.3")
    p.add_argument("--people", metavar="FILE", help="a .csv of real people: a column per covariate of the drug card")
    p.add_argument("--target", type=float, default=90.0, metavar="PERCENT",
                   help="of the time inside that counts as attained (default: %(default)s)")
    p.add_argument("--workers", type=int, default=1, metavar="N", help="processes (default: %(default)s)")
    p.add_argument("--folder", metavar="DIR", help="keeps finished chunks; an interrupted run goes on from there")
    p.add_argument("--plot", metavar="FILE.png", help="write the picture as well")
    _output(p)


def _similarity(verbs):
    p = _verb(verbs, "similarity", "whether two release profiles are alike by an agency's rules (f2 and more)",
              "pkmodels similarity reference.csv test.csv --rules ema\n"
              "  pkmodels similarity both.xlsx both.xlsx --rules fda --reference-formulation A --test-formulation B")
    p.add_argument("reference", metavar="REF", help=_DATA_HELP)
    p.add_argument("test", metavar="TEST", help="likewise, of the product to be compared; the units as replicates")
    p.add_argument("--rules", required=True, metavar="AGENCY", help="ema, fda, who, anvisa or canada")
    p.add_argument("--reference-formulation", metavar="NAME", help="which formulation of REF")
    p.add_argument("--test-formulation", metavar="NAME", help="which formulation of TEST")
    p.add_argument("--bootstrap", type=int, default=5000, metavar="N",
                   help="resamples, 0 for none (default: %(default)s)")
    p.add_argument("--decimals", type=int, metavar="N",
                   help="to which means are rounded before they are held against 85 %%; not rounded when not given")
    _units(p)
    _seed(p, "of the resampling")
    _output(p)


def _report(verbs):
    p = _verb(verbs, "report", "write one self-contained page with everything",
              'pkmodels report fit.toml --drug goserelin --regimen "3.6 mg every 28 days x 6" --window goserelin')
    _prediction(p)
    p.add_argument("--window", help="a window that ships, or limits such as '0.5-1.2 ng/mL'")
    p.add_argument("--out", metavar="FILE.html", default="pkmodels_report.html", help="where to (default: %(default)s)")


def _cite(verbs):
    p = _verb(verbs, "cite", "print the sources of models, drugs, curves and windows",
              "pkmodels cite weibull goserelin kakade_2018_goserelin")
    p.add_argument("names", nargs="*", help="all references when none is given")
    p.add_argument("--bibtex", action="store_true", help="as BibTeX")


def _demo(verbs):
    p = _verb(verbs, "demo", "the whole chain on measured goserelin microspheres", "pkmodels demo")
    p.add_argument("--out", metavar="FILE.html", default="pkmodels_demo.html",
                   help="where to write the report (default: %(default)s)")
    _seed(p, "of starts and draws")


def _prediction(p):
    p.add_argument("source", nargs="?", help=_SOURCE_HELP)
    p.add_argument("--model", help="a named release model with --set, or the model to fit to a data file")
    p.add_argument("--set", action="append", default=[], metavar="NAME=VALUE",
                   help="a value of the named model with its unit, such as --set k=0.099/day (repeat for more)")
    p.add_argument("--drug", help="such as goserelin or goserelin:female (pkmodels list drugs)")
    p.add_argument("--regimen", help="such as '3.6 mg every 28 days x 6'")
    p.add_argument("--days", type=float, help="how long; the regimen's own end when not given")
    p.add_argument("--bioavailability", type=float, help="share of what is released that reaches the blood")
    p.add_argument("--unreleased", choices=["stays", "rescaled"], default="stays",
                   help="what becomes of the share that the curve never releases (default: %(default)s)")
    p.add_argument("--draws", type=int, default=200, help="draws from the fit for intervals (default: %(default)s)")
    p.add_argument("--unit", default="ng/mL", help="of concentrations (default: %(default)s)")
    _reading(p)
    _seed(p, "of starts and draws")


def _reading(p):
    p.add_argument("--formulation", metavar="NAME", help="which formulation of the file")
    _units(p)


def _units(p):
    p.add_argument("--time-unit", choices=["min", "h", "day", "week"], help="where the file does not say")
    p.add_argument("--released-unit", choices=["fraction", "percent"], help="where the file does not say")
    p.add_argument("--sheet", metavar="NAME", help="which sheet of an xlsx file")


def _errors_of_points(p):
    p.add_argument("--weights", choices=["none", "1/y", "1/y2", "1/sd2", "pooled"], default="none",
                   help="how points are weighted (default: %(default)s)")
    p.add_argument("--errors", choices=["independent", "increments", "auto"], default="independent",
                   help="increments: cumulative values carry the errors of all samples before (default: %(default)s)")


def _seed(p, of_what):
    p.add_argument("--seed", type=_seed_number, default=1, help=f"{of_what} (default: %(default)s)")


def _seed_number(text):
    if not text.isdigit():
        raise argparse.ArgumentTypeError(f"'{text}' is not a whole number from 0 on")
    return int(text)


def _output(p, table=True):
    shape = p.add_mutually_exclusive_group()
    shape.add_argument("--json", action="store_true", help="print the result as JSON")
    if table:
        shape.add_argument("--csv", action="store_true", help="print the table as csv")
        p.add_argument("--out", metavar="FILE", help="write the table to a .csv or .xlsx file as well")
