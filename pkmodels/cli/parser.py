"""What can be typed: verbs, options and their help. Imports nothing heavy, so help is quick."""

import argparse
import difflib

from .. import __version__
from . import options
from .options import verb

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
#: What ships, as `list` names it and as `show` does.
_SHELVES = {"models": "model", "bodies": "body", "effects": "effect", "drugs": "drug", "sites": "site",
            "windows": "window", "curves": "curve", "fits": "fit",
            "scenarios": "scenario"}


class _Parser(argparse.ArgumentParser):
    def error(self, message):
        choices = message.partition("(choose from ")[2].replace("'", "").rstrip(")").split(", ")
        wrong = message.partition("invalid choice: '")[2].partition("'")[0]
        near = difflib.get_close_matches(wrong, choices, n=1)
        hint = f"; did you mean {near[0]}?" if near and near[0] else ""
        if "required: " in message and "--model" in message:
            hint = "; pkmodels compare FILE ranks the models, pkmodels list models names them"
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
    _exposure(verbs)
    _events(verbs)
    _invivo(verbs)
    _population(verbs)
    _similarity(verbs)
    _report(verbs)
    _cite(verbs)
    _demo(verbs)
    _app(verbs)
    _doctor(verbs)
    _completion(verbs)
    return top


def _list(verbs):
    p = verb(verbs, "list", f"list what ships: {', '.join(_SHELVES)}",
             "pkmodels list models\n  pkmodels list sites --json")
    p.add_argument("kind", choices=list(_SHELVES), nargs="?", default="models")
    options.output(p, table=False)


def _show(verbs):
    p = verb(verbs, "show", f"show one of these: {', '.join(_SHELVES.values())}",
             "pkmodels show drug goserelin\n  pkmodels show site prostate_tumour\n  pkmodels show effect hpg_agonist")
    p.add_argument("kind", choices=list(_SHELVES.values()))
    p.add_argument("name")
    options.output(p, table=False)


def _fit(verbs):
    p = verb(verbs, "fit", "fit one release model to a measured curve",
             "pkmodels fit kakade_2018_goserelin --formulation D --model weibull+plateau --save fit.toml\n"
             "  pkmodels fit kakade_2018_goserelin --model weibull --each --save fits\n"
             "  pkmodels fit kakade_2018_goserelin --model weibull --shared beta")
    p.add_argument("data", help=options.DATA)
    p.add_argument("--model", required=True, help="such as weibull or weibull+lag+plateau (pkmodels list models)")
    p.add_argument("--fix", action="append", default=[], metavar="NAME=VALUE",
                   help="a parameter that is known, such as --fix 'k_burst=2/day'")
    p.add_argument("--each", action="store_true", help="every formulation of the file, one by one")
    p.add_argument("--shared", metavar="A,B,...",
                   help="all formulations at once, with one value of these parameters for all of them")
    p.add_argument("--own", metavar="A,B,...",
                   help="all formulations at once, with a value of these parameters for each of them")
    p.add_argument("--save", metavar="FILE.toml", help="keep the fit as a record for predict, coverage and report "
                                                       "(with --each a folder, one record per formulation)")
    options.errors_of_points(p)
    p.add_argument("--intervals", choices=["standard", "profile", "bootstrap"],
                   help="95 %% intervals of parameters and of t50, burst and plateau, made this way")
    p.add_argument("--resample", choices=["residual", "case", "replicate"],
                   help="what a bootstrap draws again: misses, points or whole vessels (default: residual)")
    p.add_argument("--ends", choices=["bca", "percentile"], help="ends of a bootstrap's intervals (default: bca)")
    p.add_argument("--priors", choices=["public"], help="hold parameters to their spread over published curves")
    options.reading(p)
    options.spreading(p, " for --each or --intervals bootstrap")
    options.seed(p, "of the spread of starts, and of a bootstrap")
    options.output(p)


def _compare(verbs):
    p = verb(verbs, "compare", "fit several release models to one curve and rank them",
             "pkmodels compare kakade_2018_goserelin --formulation D")
    p.add_argument("data", help=options.DATA)
    p.add_argument("--models", metavar="A,B,...", help="names with commas between; all general models when not given")
    p.add_argument("--save", metavar="FILE.toml", help="keep the best fit as a record")
    p.add_argument("--diagnostics", action="store_true",
                   help="also how well each model predicts points that were left out, and the last third of the times")
    options.errors_of_points(p)
    options.reading(p)
    options.seed(p, "of the spread of starts")
    options.output(p)


def _batch(verbs):
    p = verb(verbs, "batch", "fit every formulation of a file: one row per curve and model",
             "pkmodels batch kakade_2018_goserelin --models weibull,first_order --out table.xlsx")
    p.add_argument("data", help=options.DATA)
    p.add_argument("--models", metavar="A,B,...", help="names with commas between; all general models when not given")
    p.add_argument("--best", action="store_true", help="only the chosen model of every curve")
    options.errors_of_points(p)
    options.units(p)
    options.spreading(p)
    options.seed(p, "of the spread of starts")
    options.output(p)


def _predict(verbs):
    p = verb(verbs, "predict", "predict a release profile, and concentrations with a drug and a regimen",
             'pkmodels predict --model first_order --set k=0.099/day --days 30\n'
             '  pkmodels predict fit.toml --drug goserelin --regimen "3.6 mg every 28 days x 6"\n'
             '  pkmodels predict fit.toml --drug docetaxel --regimen "10 mg once" --days 42 --site prostate_tumour\n'
             "  pkmodels predict --model heat_switch --days 10 --environment '37 C; 42 C for 30 min at day 1' \\"
             "\n      --set 't_cold=20 day' --set 't_hot=0.5 day' --set 't_middle=39 degC' --set 'width=1 K' "
             "--set beta=0.9")
    options.prediction(p)
    p.add_argument("--every", metavar="TIME", help="step between the rows, such as '12 h' or '1 day'")
    options.published(p)
    options.effect(p)
    options.output(p)


def _coverage(verbs):
    p = verb(verbs, "coverage", "share of time inside a therapeutic window, dose by dose",
             'pkmodels coverage --model zero_order --set k=0.0357/day --drug goserelin \\\n'
             '      --regimen "3.6 mg once" --days 28 --window "0.5-1.2 ng/mL"')
    options.prediction(p)
    p.add_argument("--window", required=True, help="a window that ships, or limits such as '0.5-1.2 ng/mL'")
    p.add_argument("--variable", metavar="NAME",
                   help="plasma (default); local or local_free in the tissue of --site; or what --effect shows, such "
                        "as testosterone (its first when not given)")
    options.effect(p)
    options.output(p)


def _exposure(verbs):
    p = verb(verbs, "exposure", "areas, peaks, slopes, clearance and volumes of plasma data or of a prediction (NCA)",
             'pkmodels exposure plasma.csv --route extravascular --dose "320 mg"\n'
             '  pkmodels exposure --model zero_order --set k=0.0357/day --drug goserelin --regimen "3.6 mg once" '
             '--days 28')
    options.prediction(p)
    p.add_argument("--route", choices=["bolus", "infusion", "extravascular", "depot"], help="of measured data")
    p.add_argument("--dose", help="such as '320 mg'; the dose column when not given")
    p.add_argument("--duration", help="of an infusion, such as '15 min'")
    p.add_argument("--method", choices=["linear up log down", "linear", "log"], default="linear up log down",
                   help="of the trapezoids (default: %(default)s)")
    p.add_argument("--blq", choices=["dropped", "zero"], default="dropped",
                   help="samples below the limit after the first quantified one (default: %(default)s)")
    p.add_argument("--terminal", help="points of the terminal slope, such as 'last 4' or '9 h to 24 h'")
    p.add_argument("--interval", help="the dosing interval of measured data, such as '24 h'")
    p.add_argument("--span", action="append", default=[], help="a further area, such as '0 h to 24 h'")
    p.add_argument("--cdisc", action="store_true", help="tables with the CDISC codes as columns")
    options.plasma_units(p)
    options.output(p)


def _events(verbs):
    p = verb(verbs, "events", "read an event table (TIME, AMT, RATE, II, ADDL, SS, EVID ...) and say what is risky "
                              "in it",
             "pkmodels events dosing.csv --time-unit h --amount-unit mg")
    p.add_argument("source", metavar="FILE.csv")
    p.add_argument("--time-unit", choices=["min", "h", "day", "week"], help="of TIME, II and DUR, if not in the header")
    p.add_argument("--amount-unit", help="of AMT, if not in the header, such as mg")
    options.output(p, table=False)


def _invivo(verbs):
    p = verb(verbs, "invivo", "fit a release model to plasma concentrations, the body taken from a drug card",
             'pkmodels invivo plasma.csv --model biexponential+plateau --drug goserelin --regimen "3.6 mg once"')
    p.add_argument("source", metavar="PLASMA", help="a csv, tsv or xlsx file with times and concentrations")
    p.add_argument("--model", required=True, help="a release model (pkmodels list models)")
    p.add_argument("--drug", required=True, help="such as goserelin (pkmodels list drugs)")
    options.regimen(p, required=True)
    p.add_argument("--subject", help="which subject of the file")
    p.add_argument("--fix", action="append", default=[], metavar="NAME=VALUE",
                   help="a parameter that is known, from the vial for instance")
    p.add_argument("--bioavailability", type=float, help="share of what is released that reaches the blood")
    p.add_argument("--weights", choices=["1/y2", "1/y", "none"], default="1/y2", help="(default: %(default)s)")
    p.add_argument("--time-unit", choices=["min", "h", "day", "week"], help="where the file does not say")
    p.add_argument("--sheet", metavar="NAME", help="which sheet of an xlsx file")
    options.plasma_units(p)
    options.seed(p, "of the spread of starts")
    options.output(p)


def _population(verbs):
    p = verb(verbs, "population", "concentrations and time inside a window in many patients who differ",
             'pkmodels population fit.toml --drug goserelin --regimen "3.6 mg every 28 days x 6" \\\n'
             '      --window goserelin --vary clearance=0.3 --patients 1000 --plot population.png')
    options.prediction(p)
    p.set_defaults(draws=0)
    p.add_argument("--window", required=True, help="a window that ships, or limits such as '0.5-1.2 ng/mL'")
    p.add_argument("--patients", type=int, default=1000, metavar="N", help="how many (default: %(default)s)")
    p.add_argument("--vary", action="append", default=[], metavar="NAME=CV",
                   help="an assumed coefficient of variation between patients, such as --vary clearance=0.3")
    p.add_argument("--people", metavar="FILE", help="a .csv of real people: a column per covariate of the drug card")
    p.add_argument("--target", type=float, default=90.0, metavar="PERCENT",
                   help="of the time inside that counts as attained (default: %(default)s)")
    options.spreading(p)
    p.add_argument("--plot", metavar="FILE.png", help="write the picture as well")
    p.add_argument("--report", metavar="FILE", help="write the report as well: a page (.html), Markdown or a workbook")
    options.published(p)
    options.output(p)


def _similarity(verbs):
    p = verb(verbs, "similarity", "whether two release profiles are alike by an agency's rules (f2 and more)",
             "pkmodels similarity reference.csv test.csv --rules ema\n"
             "  pkmodels similarity both.xlsx both.xlsx --rules fda --reference-formulation A --test-formulation B")
    p.add_argument("reference", metavar="REF", help=options.DATA)
    p.add_argument("test", metavar="TEST", help="likewise, of the product to be compared; the units as replicates")
    p.add_argument("--rules", required=True, metavar="AGENCY", help="ema, fda, who, anvisa or canada")
    p.add_argument("--reference-formulation", metavar="NAME", help="which formulation of REF")
    p.add_argument("--test-formulation", metavar="NAME", help="which formulation of TEST")
    p.add_argument("--bootstrap", type=int, default=5000, metavar="N",
                   help="resamples, 0 for none (default: %(default)s)")
    p.add_argument("--decimals", type=int, metavar="N",
                   help="to which means are rounded before they are held against 85 %%; not rounded when not given")
    options.units(p)
    options.seed(p, "of the resampling")
    options.output(p)


def _report(verbs):
    p = verb(verbs, "report", "write one self-contained page with everything",
             'pkmodels report fit.toml --drug goserelin --regimen "3.6 mg every 28 days x 6" --window goserelin\n'
             "  pkmodels report lab.csv --rank --out report.html\n"
             "  pkmodels report lab.csv --model weibull --out report.md\n"
             "  pkmodels report --again report.html")
    options.prediction(p)
    p.add_argument("--window", help="a window that ships, or limits such as '0.5-1.2 ng/mL'")
    p.add_argument("--rank", nargs="?", const="", metavar="A,B,...",
                   help="of a data file: fit these models (all general ones when none is named), show how they rank, "
                        "and go on with the best, or with --model")
    options.effect(p)
    p.add_argument("--again", metavar="REPORT",
                   help="make a report again from the record inside it, and say whether it comes out the same; with "
                        "--out it is also written")
    p.add_argument("--out", metavar="FILE",
                   help="where to: a page (.html), Markdown (.md) or a workbook (.xlsx) (default: "
                        "pkmodels_report.html)")


def _cite(verbs):
    p = verb(verbs, "cite", "print the sources of models, drugs, curves and windows",
             "pkmodels cite weibull goserelin kakade_2018_goserelin")
    p.add_argument("names", nargs="*", help="all references when none is given")
    p.add_argument("--bibtex", action="store_true", help="as BibTeX")


def _demo(verbs):
    p = verb(verbs, "demo", "the whole chain on measured goserelin microspheres", "pkmodels demo")
    p.add_argument("--out", metavar="FILE.html", default="pkmodels_demo.html",
                   help="where to write the report (default: %(default)s)")
    options.seed(p, "of starts and draws")


def _app(verbs):
    p = verb(verbs, "app", "the whole chain on a page in your browser, on this machine only", "pkmodels app")
    p.add_argument("--port", type=int, default=8501, metavar="N", help="where to listen (default: %(default)s)")
    p.add_argument("--no-browser", action="store_true", help="only print the address")


def _doctor(verbs):
    p = verb(verbs, "doctor", "versions, extras and folders of this installation", "pkmodels doctor")
    options.output(p, table=False)


def _completion(verbs):
    p = verb(verbs, "completion", "print a script that lets the Tab key of a shell complete verbs, options and names",
             'pkmodels completion bash > ~/.local/share/bash-completion/completions/pkmodels\n'
             '  eval "$(pkmodels completion zsh)"')
    p.add_argument("shell", choices=["bash", "zsh"])
