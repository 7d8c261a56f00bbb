"""Options that several verbs share, and what every verb has."""

import argparse

DATA = "a csv, tsv or xlsx file, or a curve that ships (pkmodels list curves)"
SOURCE = ("a saved fit (.toml), a fit or a scenario that ships (pkmodels list fits, list scenarios; NAME:DRUG "
          "where there are several), or a data file to fit with --model")
#: Verbs that compute something worth asking about beforehand.
DRY = ("fit", "compare", "batch", "predict", "coverage", "population", "report")


def verb(verbs, name, text, example):
    """A verb with its help, its examples and what all verbs have."""
    several = "examples" if "\n  pkmodels" in example else "example"
    p = verbs.add_parser(name, help=text, description=text, epilog=f"{several}:\n  {example}",
                         formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("-q", "--quiet", action="store_true", help="the result alone: no remarks and no progress")
    if name in DRY:
        p.add_argument("--dry-run", action="store_true",
                       help="read the files, check every word, say what would be done, and stop")
    return p


def plasma_units(p):
    """How measured concentrations are read."""
    p.add_argument("--plasma-unit", help="of measured concentrations, if not in the header, such as ng/mL")
    p.add_argument("--molar-mass", help="such as '293.25 g/mol', to turn molar concentrations into mass")


def regimen(p, required=False):
    """When which dose is given."""
    p.add_argument("--regimen", required=required,
                   help="such as '3.6 mg every 28 days x 6', or an event table: FILE.csv (FILE.csv:ID)")
    p.add_argument("--event-time-unit", choices=["min", "h", "day", "week"],
                   help="of TIME, II and DUR of an event table, if not in its header")
    p.add_argument("--event-amount-unit", metavar="UNIT", help="of AMT of an event table, if not in its header")


def prediction(p):
    """What a prediction is made of."""
    p.add_argument("source", nargs="?", help=SOURCE)
    p.add_argument("--model", help="a named release model with --set, depot:DRUG for the published depot of a drug, "
                        "or the model to fit to a data file")
    p.add_argument("--set", action="append", default=[], metavar="NAME=VALUE",
                   help="a value of the named model with its unit, such as --set k=0.099/day (repeat for more)")
    p.add_argument("--product", action="append", default=[], metavar="NAME=SOURCE",
                   help="of several products one each, such as --product monthly=fit.toml (a record, a scenario or "
                        "depot:DRUG); the regimen then says '3.6 mg of monthly every 28 days x 3 then ...'")
    p.add_argument("--drug", help="such as goserelin or goserelin:female (pkmodels list drugs)")
    regimen(p)
    p.add_argument("--site", help="the tissue that the carrier lies in, such as prostate_tumour (pkmodels list sites)")
    p.add_argument("--site-set", action="append", default=[], metavar="NAME=VALUE",
                   help="a number of that tissue, such as --site-set volume=35mL (repeat for more)")
    p.add_argument("--in-vivo", action="append", default=[], metavar="NAME=VALUE",
                   help="how release in the body differs from the vial: scale, power, shift ('12 h'), plateau")
    p.add_argument("--days", type=float, help="how long; the regimen's own end when not given")
    p.add_argument("--environment", metavar="WORDS",
                   help="around the carrier, such as '37 C; 42 C for 30 min at day 1, 2, 3', 'pH 7.4; pH 5 from day 2' "
                        "or a csv file with time_h, T_degC, pH (default: 37 C, pH 7.4)")
    p.add_argument("--bioavailability", type=float, help="share of what is released that reaches the blood")
    p.add_argument("--unreleased", choices=["stays", "rescaled"], default="stays",
                   help="what becomes of the share that the curve never releases (default: %(default)s)")
    p.add_argument("--draws", type=int, default=200, help="draws from the fit for intervals (default: %(default)s)")
    p.add_argument("--unit", default="ng/mL", help="of concentrations (default: %(default)s)")
    reading(p)
    seed(p, "of starts and draws")


def published(p):
    """What was measured beside what is predicted."""
    p.add_argument("--published", action="store_true", help="also what was measured after the same dose (drug card)")


def effect(p):
    """What a concentration does."""
    p.add_argument("--effect", metavar="NAME", help="what the concentration does, such as hpg_agonist (pkmodels list "
                                                    "effects)")
    p.add_argument("--effect-set", action="append", default=[], metavar="NAME=VALUE",
                   help="a parameter of the effect, such as --effect-set relative_potency=0.5 (repeat for more)")
    p.add_argument("--driven-by", choices=["plasma", "local", "local_free"], default="plasma",
                   help="the concentration that drives the effect (default: %(default)s)")


def reading(p):
    """Which curve of a file."""
    p.add_argument("--formulation", metavar="NAME", help="which formulation of the file")
    units(p)


def units(p):
    """How a file of released drug is read."""
    p.add_argument("--time-unit", choices=["min", "h", "day", "week"], help="where the file does not say")
    p.add_argument("--released-unit", choices=["fraction", "percent"], help="where the file does not say")
    p.add_argument("--sheet", metavar="NAME", help="which sheet of an xlsx file")
    p.add_argument("--column", action="append", metavar="HEADER[=AS]",
                   help="read these columns and no others, perhaps under another header, such as --column "
                        "'Zeit=time (h)' --column 'B1=released (%%)' (repeat for more)")


def errors_of_points(p):
    """How points are weighted."""
    p.add_argument("--weights", choices=["none", "1/y", "1/y2", "1/sd2", "pooled"], default="none",
                   help="how points are weighted (default: %(default)s)")
    p.add_argument("--errors", choices=["independent", "increments", "concentrations", "auto"],
                   help="increments: cumulative values carry the errors of all samples before; concentrations: errors "
                        "are those of what was measured (default: concentrations where the file holds them, else "
                        "independent); auto: what the points make likelier")
    p.add_argument("--normalised", action="store_const", const=True,
                   help="shares are of the total recovered, not of the dose: the scale of a curve is uncertain by 3 %%")


def spreading(p, of_what=""):
    """Processes and a folder for large jobs."""
    p.add_argument("--workers", type=int, default=1, metavar="N",
                   help=f"processes{of_what}, started where that saves time (default: %(default)s)")
    p.add_argument("--folder", metavar="DIR",
                   help=f"keeps finished work{of_what}; an interrupted run goes on from there")


def seed(p, of_what):
    """The seed."""
    p.add_argument("--seed", type=_seed_number, default=1, help=f"{of_what} (default: %(default)s)")


def _seed_number(text):
    if not text.isdigit():
        raise argparse.ArgumentTypeError(f"'{text}' is not a whole number from 0 on")
    return int(text)


def output(p, table=True):
    """How results are printed."""
    shape = p.add_mutually_exclusive_group()
    shape.add_argument("--json", action="store_true", help="print the result as JSON")
    if table:
        shape.add_argument("--csv", action="store_true", help="print the table as csv")
        p.add_argument("--out", metavar="FILE", help="write the table to a .csv or .xlsx file as well")
