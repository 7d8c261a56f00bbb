"""Many values at once give what one after the other gives."""

import numpy as np
import pytest
import sympy
from sympy import symbols

from pkmodels import Flow, Model, Parameter, get_model
from pkmodels.solve import fed, observe, observe_many


def chain():
    """Two stores in a row: Bateman's function, which has a limit where the rates are tied."""
    inner, outer, out, k_inner, k_outer = symbols("inner outer out k_inner k_outer")
    return Model("chain", "Chain", start={inner: 1, outer: 0, out: 0}, observed=out,
                 flows=(Flow(inner, outer, k_inner * inner), Flow(outer, out, k_outer * outer)),
                 parameters=(Parameter(k_inner, 0.1, "1/h", (0, 10), "inner"),
                             Parameter(k_outer, 0.2, "1/h", (0, 10), "outer")))


@pytest.mark.parametrize("apart", [0.0, 1e-13, 1e-9, 1e-6, 1e-3, 1.0])
def test_linear_pools_with_rates_apart_near_and_tied(apart):
    """The closed form in high precision by SymPy; k1 and k2 = k1 (1 + apart)."""
    times = np.array([0.0, 0.5, 3, 20, 100])
    first, second = sympy.Rational(1, 5), sympy.Rational(1, 5) * (1 + sympy.Rational(str(apart)))
    found = observe_many(chain(), {"k_inner": np.array([0.2, 0.05]), "k_outer": np.array([float(second), 3.0])}, times)

    def share(time):
        time = sympy.Rational(str(time))
        if second == first:
            return float(1 - (1 + first * time) * sympy.exp(-first * time))
        inside = (second * sympy.exp(-first * time) - first * sympy.exp(-second * time)) / (second - first)
        return float((1 - inside).evalf(40))

    # Eigenvectors of nearly tied rates cost up to five digits before the exponential takes over.
    assert found[0] == pytest.approx([share(t) for t in times], rel=1e-10, abs=1e-11)
    other = 1 - (3 * np.exp(-0.05 * times) - 0.05 * np.exp(-3 * times)) / 2.95
    assert found[1] == pytest.approx(other, rel=1e-11, abs=1e-13)


def test_stiff_flows_as_one_after_the_other():
    """The erosion of PLGA has a closed form: bursts by first order, erosion by the logistic curve."""
    model = get_model("plga_burst_erosion")
    rng = np.random.default_rng(3)
    values = {"f_burst": rng.uniform(0.05, 0.4, 12), "k_burst": rng.uniform(0.02, 0.3, 12),
              "k_erosion": rng.uniform(0.004, 0.03, 12), "eroded_start": rng.uniform(1e-4, 0.05, 12)}
    times = np.unique(np.concatenate([[0.0, 1e-3], np.geomspace(0.1, 2000, 70)]))
    many = observe_many(model, values, times)
    single = np.array([observe(model, {n: v[i] for n, v in values.items()}, times) for i in range(12)])
    # The error allowed per step is 1e-8, so over a few hundred steps 1e-6 at the very most.
    assert many == pytest.approx(single, abs=1e-7)
    assert np.all(many[:, 0] == 0)


def test_flows_keep_mass_whatever_the_step():
    model = get_model("plga_burst_erosion")
    parameters = [np.array([value, 2 * value]) for value in (0.1, 0.1, 0.01, 0.01)]
    path = fed.free_states(model, parameters, np.linspace(0, 3000, 50))
    stores = [list(model.states).index(s) for s in model.stores]
    assert path[..., stores].sum(-1) == pytest.approx(1.0, abs=1e-12)
