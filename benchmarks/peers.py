"""Programs that integrate the population job of `run.py`, patient by patient, as their users would.

Each is made once (models compiled, solvers set) and called with the parameters of people. All integrate to a relative
error of 1e-8 and an absolute one of 1e-10 mg. ``points`` is how many concentrations they return per dose, its begin
and end included.
"""

import sys
from pathlib import Path

import numpy as np
from population import DOSE, DOSES, TYPICAL

RELATIVE, ABSOLUTE = 1e-8, 1e-10
STORES = ("fast", "slow", "tissues", "central", "deep")
SPAN = 720.0


class Roadrunner:
    """libroadrunner (CVODE, compiled by LLVM)."""

    def __init__(self, points):
        import roadrunner

        self.points, self.runner = points, roadrunner.RoadRunner(_sbml())
        self.runner.integrator.relative_tolerance, self.runner.integrator.absolute_tolerance = RELATIVE, ABSOLUTE
        self.runner.timeCourseSelections = ["time", "central"]

    def __call__(self, p):
        """The highest concentration returned, per patient."""
        r, highest = self.runner, []
        for k in range(len(p["v"])):
            r.resetAll()
            for name, values in p.items():
                r[name] = values[k]
            most = 0.0
            for n in range(len(DOSES)):
                r["fast"], r["slow"] = r["fast"] + 0.2 * DOSE, r["slow"] + 0.8 * DOSE
                most = max(most, np.asarray(r.simulate(SPAN * n, SPAN * (n + 1), self.points))[:, 1].max())
            highest.append(most * 1000 / p["v"][k])
        return np.array(highest)


class Myokit:
    """myokit (CVODES, compiled by a C compiler)."""

    def __init__(self, points):
        import myokit

        for prefix in (Path("/usr"), Path("/usr/local"), Path(sys.prefix)):
            if (prefix / "include" / "sundials").is_dir():
                myokit.SUNDIALS_INC = [str(prefix / "include")]
                myokit.SUNDIALS_LIB = [str(path.parent) for path in (prefix / "lib").rglob("libsundials_cvodes.*")][:1]
                break
        self.points = points
        self.run = myokit.Simulation(myokit.parse_model(_mmt()))
        self.run.set_tolerance(ABSOLUTE, RELATIVE)

    def __call__(self, p):
        """The highest concentration returned, per patient."""
        highest = []
        for k in range(len(p["v"])):
            self.run.reset()
            for name, values in p.items():
                self.run.set_constant(f"body.{name}", values[k])
            most = 0.0
            for n in range(len(DOSES)):
                state = self.run.state()
                state[0], state[1] = state[0] + 0.2 * DOSE, state[1] + 0.8 * DOSE
                self.run.set_state(state)
                times = np.linspace(SPAN * n, SPAN * (n + 1), self.points)[:-1]
                most = max(most, *self.run.run(SPAN, log=["body.central"], log_times=times)["body.central"])
            highest.append(most * 1000 / p["v"][k])
        return np.array(highest)


class Copasi:
    """COPASI (LSODA) through its Python bindings."""

    def __init__(self, points):
        import basico
        import COPASI

        self.framework = COPASI.CCore.Framework_Concentration
        self.data = basico.load_model_from_string(_sbml())
        self.model, self.task = self.data.getModel(), self.data.getTask("Time-Course")
        problem, method = self.task.getProblem(), self.task.getMethod()
        problem.setStepNumber(points - 1)
        problem.setDuration(SPAN)
        problem.setTimeSeriesRequested(True)
        method.getParameter("Relative Tolerance").setDblValue(RELATIVE)
        method.getParameter("Absolute Tolerance").setDblValue(ABSOLUTE)
        self.stores = [self.model.getMetabolite(name) for name in STORES]

    def __call__(self, p):
        """The highest concentration returned, per patient."""
        highest = []
        for k in range(len(p["v"])):
            state, most = np.zeros(len(STORES)), 0.0
            for name, values in p.items():
                self.model.getModelValue(name).setInitialValue(float(values[k]))
            for _ in DOSES:
                state = state + DOSE * np.array([0.2, 0.8, 0, 0, 0])
                for store, amount in zip(self.stores, state, strict=True):
                    store.setInitialConcentration(float(amount))
                self.model.updateInitialValues(self.framework)
                self.task.process(True)
                series = self.task.getTimeSeries()
                columns = {series.getTitle(c): c for c in range(series.getNumVariables())}
                last = series.getRecordedSteps() - 1
                state = np.array([series.getConcentrationData(last, columns[name]) for name in STORES])
                most = max(most, *(series.getConcentrationData(r, columns["central"]) for r in range(last + 1)))
            highest.append(most * 1000 / p["v"][k])
        return np.array(highest)


class Diffrax:
    """diffrax (Tsitouras' pair 5(4), compiled by XLA), all patients of a call at once."""

    def __init__(self, points):
        import diffrax
        import jax

        jax.config.update("jax_enable_x64", True)
        jax.config.update("jax_platforms", "cpu")
        term = diffrax.ODETerm(_flow)
        times, steps = jax.numpy.linspace(0.0, SPAN, points), diffrax.PIDController(rtol=RELATIVE, atol=ABSOLUTE)
        dose = DOSE * jax.numpy.array([0.2, 0.8, 0.0, 0.0, 0.0])

        def one(p):
            state, most = jax.numpy.zeros(5), 0.0
            for _ in DOSES:
                found = diffrax.diffeqsolve(term, diffrax.Tsit5(), 0.0, SPAN, 0.1, state + dose, args=p,
                                            saveat=diffrax.SaveAt(ts=times), stepsize_controller=steps,
                                            max_steps=100_000).ys
                state, most = found[-1], jax.numpy.maximum(most, found[:, 3].max())
            return most * 1000 / p["v"]

        self.run = jax.jit(jax.vmap(one))

    def __call__(self, p):
        """The highest concentration returned, per patient."""
        return np.asarray(self.run(p))


def _flow(_, x, p):
    import jax.numpy as jnp

    out = (p["cl"] + p["q"]) / p["v"] * x[3] - p["q"] / p["v2"] * x[4]
    return jnp.stack([-p["burst"] * x[0], -p["sustained"] * x[1],
                      p["burst"] * x[0] + p["sustained"] * x[1] - p["tissue"] * x[2], p["tissue"] * x[2] - out,
                      p["q"] / p["v"] * x[3] - p["q"] / p["v2"] * x[4]])


def _mmt():
    """The job in myokit's language."""
    flows = {"fast": "-burst * fast", "slow": "-sustained * slow",
             "tissues": "burst * fast + sustained * slow - tissue * tissues",
             "central": "tissue * tissues - (cl + q) / v * central + q / v2 * deep",
             "deep": "q / v * central - q / v2 * deep"}
    lines = ["[[model]]", *(f"body.{name} = 0" for name in flows), "[body]", "time = 0 bind time",
             *(f"{name} = {value}" for name, value in TYPICAL.items()),
             *(f"dot({name}) = {flow}" for name, flow in flows.items())]
    return "\n".join(lines)


def _sbml():
    """The job as SBML, level 3."""
    flows = (("fast", "tissues", ("burst", "fast")), ("slow", "tissues", ("sustained", "slow")),
             ("tissues", "central", ("tissue", "tissues")), ("central", None, ("cl", "central", "/v")),
             ("central", "deep", ("q", "central", "/v")), ("deep", "central", ("q", "deep", "/v2")))
    species = "".join(
        f'<species id="{s}" compartment="c" initialAmount="0" hasOnlySubstanceUnits="true" boundaryCondition="false" '
        f'constant="false"/>' for s in STORES)
    parameters = "".join(f'<parameter id="{n}" value="{v}" constant="false"/>' for n, v in TYPICAL.items())
    one = '<speciesReference species="{}" stoichiometry="1" constant="true"/>'
    reactions = ""
    for k, (source, target, factors) in enumerate(flows):
        products = f"<listOfProducts>{one.format(target)}</listOfProducts>" if target else ""
        reactions += (f'<reaction id="r{k}" reversible="false" fast="false"><listOfReactants>{one.format(source)}'
                      f"</listOfReactants>{products}{_law(factors)}</reaction>")
    return ('<?xml version="1.0"?><sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1">'
            '<model id="m"><listOfCompartments><compartment id="c" size="1" spatialDimensions="3" constant="true"/>'
            f"</listOfCompartments><listOfSpecies>{species}</listOfSpecies><listOfParameters>{parameters}"
            f"</listOfParameters><listOfReactions>{reactions}</listOfReactions></model></sbml>")


def _law(factors):
    """A product of names as MathML; a name behind a slash divides."""
    tree = f"<ci>{factors[0]}</ci>"
    for each in factors[1:]:
        kind = "divide" if each.startswith("/") else "times"
        tree = f"<apply><{kind}/>{tree}<ci>{each.lstrip('/')}</ci></apply>"
    return f'<kineticLaw><math xmlns="http://www.w3.org/1998/Math/MathML">{tree}</math></kineticLaw>'
