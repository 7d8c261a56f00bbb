"""Other names of release models: aliases, DDSolver's numbers, and curves that are each other in disguise."""

#: One curve per equation: these are names of the same curve, often with other constants (its `also`).
ALIASES = {
    "logistic": "hill",
    "reciprocal_powered_time": "hill",
    "michaelis_menten": "second_order",
    "log_normal": "probit",
    "frechet": "gompertz",
    "prout_tompkins": "logistic_time",
    "fick_sphere": "crank_sphere",
    "power_law": "korsmeyer_peppas",
    "ritger_peppas": "korsmeyer_peppas",
    "cube_root": "hixson_crowell",
    # DDSolver's own names, where it counts the forms of a law.
    "peppas_sahlin_1": "peppas_sahlin",
    "peppas_sahlin_2": "peppas_sahlin_half",
    "weibull_1": "weibull+lag",
    "weibull_2": "weibull",
    "weibull_3": "weibull+plateau",
    "weibull_4": "weibull+lag+plateau",
    "logistic_1": "hill",
    "logistic_2": "hill+plateau",
    "logistic_3": "ddsolver_logistic_time+plateau",
    "gompertz_1": "gompertz",
    "gompertz_2": "gompertz+plateau",
    "gompertz_3": "ddsolver_gompertz_time+plateau",
    "gompertz_4": "ddsolver_gompertz_time+plateau",
    "probit_1": "probit",
    "probit_2": "probit+plateau",
}

#: Models 301 to 340 of DDSolver (Zhang et al. 2010) in the order of its numbers. Shares here are
#: per cent there, log is log10 there, and lag and initial share are not negative here.
DDSOLVER = dict(enumerate((
    "zero_order", "zero_order+lag", "zero_order+initial",
    "first_order", "first_order+lag", "first_order+plateau", "first_order+lag+plateau",
    "higuchi", "higuchi+lag", "higuchi+initial",
    "korsmeyer_peppas", "korsmeyer_peppas+lag", "korsmeyer_peppas+initial",
    "hixson_crowell", "hixson_crowell+lag",
    "hopfenberg", "hopfenberg+lag",
    "baker_lonsdale", "baker_lonsdale+lag",
    "makoid_banakar", "makoid_banakar+lag",
    "peppas_sahlin", "peppas_sahlin+lag",
    "peppas_sahlin_half", "peppas_sahlin_half+lag",
    "quadratic", "quadratic+lag",
    "weibull+lag", "weibull", "weibull+plateau", "weibull+lag+plateau",
    "hill", "hill+plateau", "ddsolver_logistic_time+plateau",
    "gompertz", "gompertz+plateau", "ddsolver_gompertz_time+plateau", "ddsolver_gompertz_time+plateau",
    "probit", "probit+plateau",
), start=301))

#: Numbers that were found beside the same equation in a public program; the others are as commonly listed.
DDSOLVER_CHECKED = frozenset({303, 306, 307, 310, 313, 315, 332, 333, 335, 336, 339})

#: (curve, where, the curve that it is there). A ranking with both counts one hypothesis twice.
SAME_CURVES = (
    ("hopfenberg", "n = 1", "zero_order, held at the dose"),
    ("hopfenberg", "n = 3", "hixson_crowell"),
    ("hopfenberg", "n very large", "first_order"),
    ("korsmeyer_peppas", "n = 1/2", "higuchi"),
    ("korsmeyer_peppas", "n = 1", "zero_order"),
    ("peppas_sahlin", "relaxation = 0", "korsmeyer_peppas"),
    ("peppas_sahlin", "m = 1/2", "peppas_sahlin_half"),
    ("peppas_sahlin", "m = 1", "quadratic"),
    ("peppas_sahlin_half", "k_relaxation = 0", "higuchi"),
    ("quadratic", "k_quadratic = 0", "zero_order"),
    ("makoid_banakar", "c very small", "korsmeyer_peppas"),
    ("makoid_banakar", "up to its peak", "phoenix_makoid_banakar+plateau"),
    ("weibull", "beta = 1", "first_order"),
    ("hill", "h = 1", "second_order"),
    ("fick_sphere_film", "biot very large", "crank_sphere"),
    ("fick_sphere_film", "biot very small", "first_order"),
    ("fick_sphere_bath", "plateau near 1", "crank_sphere"),
    ("gallagher_corrigan", "f_burst = 0", "logistic_time"),
    ("double_sigmoid", "f_first = 0 or 1", "logistic_time"),
    ("plga_burst_erosion", "always", "gallagher_corrigan"),
    ("ddsolver_logistic_time", "when its start is negligible", "logistic_time"),
    ("ddsolver_gompertz_time", "when its start is negligible", "gompertz_time"),
    ("zero_order+lag", "a negative lag, which only DDSolver allows", "zero_order+initial"),
)
