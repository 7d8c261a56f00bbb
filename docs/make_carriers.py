"""Write docs/carriers.md from the scenarios that ship: python docs/make_carriers.py"""

from pathlib import Path

from pkmodels import scenarios

HEAD = """# Carriers of the reviews

Written by `docs/make_carriers.py` from `data/scenarios/`: change those files.

Every system that the two founding reviews name, by its row, and more. *Values* says what the numbers of a scenario
rest on: **measured** (typed in from a source or computed from what was measured), **partly measured**, or **scenario**
(assumed, or what a claim would need: a place to start from, and not a finding). Nothing here is a recommendation.

See one with `pkmodels show scenario docetaxel_il12`, predict with
`pkmodels predict docetaxel_il12:IL-12 --days 28`, fit its model to a measured curve with
`pkmodels fit lab.csv --model transit_chain`. In Python: `pkmodels.read_scenario`.

"""
FOOT = """
## What to mind

- The plateau of an ion-exchange bead belongs to its vessel; predictions in a patient refuse it (`bead_in_tissue`).
- One pH or one temperature cannot decide a switch: fit curves at several together with `fit_many`.
- Two drugs in one carrier are two releases that share parameters (`janus`, `fit_many(..., own="f_first")`).
- Radioactive spheres release nothing: `pkmodels.absorbed_dose`.
- One curve that leaves a law open is not carried to another temperature or pH: a prediction there refuses it.
- Curves at fewer conditions than a law has unknowns (a switch from two temperatures) leave it right at these and open
  between them; `fit_many(...).at(T=39)` and predictions in other surroundings say so.
  `benchmarks/held_out_conditions.py` asks laws for conditions that were left out.

## How exact diffusion is

Three ways to one release, in share of the dose at any time; the tests hold them to these numbers.

| way | for | off by at most |
|---|---|---|
| series | one layer, any course of the diffusivity in time | 1e-10 |
| eigenmodes of 80 graded cells | a core in a shell; its mean release time is right to 1e-10 | 1e-3 |
| method of lines, 60 graded cells | a diffusivity that changes along the radius, with acid and mass | 3e-4 |
| eigenmodes against lines | the same layers | 3e-4 |
"""


def page():
    """The text of docs/carriers.md."""
    return HEAD + scenarios.table() + "\n" + FOOT


if __name__ == "__main__":
    (Path(__file__).parent / "carriers.md").write_text(page(), encoding="utf-8")
