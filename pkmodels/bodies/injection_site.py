"""A subcutaneous or intramuscular site from which drug is absorbed at first order."""

from sympy import oo, symbols

from ..model import Flow, Model, Parameter

site, absorbed = symbols("site absorbed")
k_absorption = symbols("k_absorption")

MODEL = Model(
    name="injection_site",
    title="First-order absorption from the injection site",
    start={site: 0, absorbed: 0},
    inlet=site,
    amount="mg",
    flows=(
        Flow(site, absorbed, k_absorption * site),
    ),
    observed=absorbed,
    parameters=(
        Parameter(k_absorption, 1.0, "1/h", (0, oo), "absorption rate", scale="log"),
    ),
    references=("paalzow1995",),
)
