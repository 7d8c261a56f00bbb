"""The numbers of a population as an xarray.Dataset, and the table of real people."""

from dataclasses import dataclass

import numpy as np

from .. import units
from ..errors import PredictionError, unknown
from .people import CHUNK

#: Quantiles of the band over the patients.
QUANTILES = (0.025, 0.05, 0.25, 0.5, 0.75, 0.95, 0.975)
#: Patients of one chunk of a Zarr or NetCDF file.
STORED = 16 * CHUNK
#: Name to unit ("%", "time", "concentration", "area" or "1") and meaning.
MEANINGS = {
    "inside": ("%", "share of the time inside the window"),
    "below": ("%", "share of the time below the window"),
    "above": ("%", "share of the time above the window"),
    "first_entry": ("time", "first time inside the window"),
    "onset": ("time", "first entry after which it stays inside without a break"),
    "last_exit": ("time", "last time inside the window"),
    "longest_gap": ("time", "longest time outside the window after the first entry"),
    "longest_gap_below": ("time", "longest time below the window after the first entry"),
    "cmax": ("concentration", "highest concentration"),
    "tmax": ("time", "time of the highest concentration"),
    "cmin": ("concentration", "lowest concentration"),
    "ctrough": ("concentration", "concentration at the end"),
    "cavg": ("concentration", "average concentration: area under the curve over length"),
    "auc": ("area", "area under the curve"),
    "fluctuation": ("%", "100 (cmax - cmin) / cavg of the last dosing interval"),
    "swing": ("%", "100 (cmax - cmin) / cmin of the last dosing interval"),
    "burst_overshoot": ("1", "highest over average concentration of the first dosing interval"),
    "accumulation": ("1", "area under the curve of the last dosing interval over that of the first"),
}
WINDOWED = ("inside", "below", "above", "first_entry", "onset", "last_exit", "longest_gap", "longest_gap_below")


@dataclass(frozen=True, eq=False)
class Factors:
    """Factors on parameters that follow from a table of people.

    Parameters
    ----------
    rows : mapping of str to array (people,)
        Factor on each parameter.
    each_once : bool
        Whether patient k is row k; else rows are drawn with replacement.
    """

    rows: dict
    each_once: bool

    def __call__(self, first, count, seed):
        """Factors of patients ``first`` to ``first + count``, by parameter."""
        size = len(next(iter(self.rows.values())))
        if self.each_once:
            place = np.arange(first, first + count)
        else:
            which = range(first // CHUNK, -(-(first + count) // CHUNK))
            drawn = np.concatenate([np.random.default_rng([seed, k, 1 << 40]).integers(0, size, CHUNK) for k in which])
            place = drawn[first - which[0] * CHUNK:][:count]
        return {name: numbers[place] for name, numbers in self.rows.items()}


def covariate_factors(drug, table, patients):
    """What a table of people does to the parameters, and sentences about it.

    Raises
    ------
    PredictionError, UnknownName
        If the card has no covariates, a column is none of them, or a value is missing.
    """
    if table is None:
        return None, []
    known = getattr(drug, "covariates", ())
    if not known:
        raise PredictionError(f"the card of {drug.name} ({drug.set_name}) has no covariates, so a table of people "
                              f"changes nothing; leave it away, or choose another set")
    names = list(dict.fromkeys(each.covariate for each in known))
    for column in table.columns:
        if column not in names:
            raise unknown(f"covariate of {drug.name}:{drug.set_name}", column, names)
    if not len(table) or not len(table.columns):
        raise PredictionError("the table of people is empty; give a column per covariate and a row per person")
    if table.isna().any().any():
        column = table.columns[table.isna().any()][0]
        raise PredictionError(f"the table of people has {int(table[column].isna().sum())} empty places in '{column}'; "
                              f"fill them or leave these people out")
    if twice := [name for name in table.columns if name in drug.person]:
        raise PredictionError(f"{', '.join(twice)} has been applied to this {drug.name} already, and the table would "
                              f"apply it again; begin with read_drug('{drug.name}:{drug.set_name}')")
    rows = {}
    for each in known:
        if each.covariate in table.columns:
            factors = np.array([each.factor(each.value(_item(v))) for v in table[each.covariate]], dtype=float)
            if not (np.isfinite(factors) & (factors > 0)).all():
                row = int(np.argmin(np.isfinite(factors) & (factors > 0)))
                raise PredictionError(f"{each.covariate} = {table[each.covariate].iloc[row]} (row {row + 1}) makes "
                                      f"{each.parameter} {factors[row]:g} times its value; such a person is far "
                                      f"outside what was studied")
            rows[each.parameter] = rows.get(each.parameter, 1.0) * factors
    once = patients == len(table)
    how = "each once" if once else "drawn with replacement"
    said = [f"The patients are people of a table of {len(table)} ({', '.join(table.columns)}), {how}; these covariates "
            f"change {', '.join(rows)} as the card says."]
    missing = [name for name in names if name not in table.columns]
    if missing:
        said.append(f"Covariates that the table does not have stay at the card's reference: {', '.join(missing)}.")
    return Factors(rows, once), said


def _item(value):
    return value.item() if hasattr(value, "item") else value


def dataset(found, job, drug, doses, end, draws, keep_curves, band, unit, attributes):
    """The Dataset of `predict_population` from the numbers of all chunks, patients last."""
    import xarray as xr

    bounds = np.append(job.starts, end)
    numbers, each = _measures(found, bounds, doses)
    windowed = np.isfinite(job.lower) or np.isfinite(job.upper)
    lead = (lambda a: a) if draws else (lambda a: a[0])
    dims = ("draw", "patient") if draws else ("patient",)
    variables = {}
    for name, values in numbers.items():
        if windowed or name not in WINDOWED:
            variables[name] = (dims, lead(values), _about(name, unit, drug))
    for name, values in each.items():
        if windowed or name not in WINDOWED:
            about = _about(name, unit, drug)
            meaning = about["long_name"].removesuffix(" of the last dosing interval")
            about["long_name"] = f"{meaning}, per dosing interval"
            variables[f"{name}_each"] = ((*dims[:-1], "interval", "patient"), lead(values), about)
    for name in job.variability.names if job.factors is None else {**dict.fromkeys(job.variability.names),
                                                                  **job.factors.rows}:
        variables[name] = ("patient", *_own(name, found[f"of {name}"], drug, job.release))
    coordinates = {"patient": ("patient", np.arange(numbers["cmax"].shape[-1]), {"long_name": "patient"}),
                   "interval": ("interval", np.arange(1, len(bounds)), {"long_name": "dosing interval"}),
                   "interval_begin": ("interval", bounds[:-1] / 24, {"units": "day"}),
                   "interval_end": ("interval", bounds[1:] / 24, {"units": "day"})}
    if draws:
        coordinates["draw"] = ("draw", np.arange(len(job.drawn)), {"long_name": "draw of the release fit"})
    if len(job.shown):
        coordinates["time"] = ("time", job.shown / 24, {"units": "day", "long_name": "time since the first dose"})
        np.maximum(found["curves"], 0.0, out=found["curves"])
        variables |= _curves(found["curves"], job, drug, unit, lead, dims, keep_curves, band, windowed)
        if band:
            coordinates["quantile"] = ("quantile", np.array(QUANTILES), {"long_name": "quantile over the patients"})
    return stored_in_chunks(xr.Dataset(variables, coords=coordinates, attrs=attributes))


def stored_in_chunks(dataset):
    """Say how ``to_zarr`` and ``to_netcdf`` cut the patients, so that a part can be read without the rest."""
    for variable in dataset.variables.values():
        if "patient" in variable.dims:
            cut = tuple(min(size, STORED) if dim == "patient" else size for dim, size in variable.sizes.items())
            variable.encoding |= {"chunks": cut, "chunksizes": cut}
    return dataset


def _measures(found, bounds, doses):
    """Overall numbers (draws, patients) and per interval (draws, intervals, patients)."""
    length = np.diff(bounds)
    hours, area = length[:, None], found["auc"]
    each = {name: 100 * found[name] / hours for name in ("inside", "below", "above")}
    each |= {"cmax": found["cmax"], "tmax": found["tmax"] / 24, "cmin": np.maximum(found["cmin"], 0.0),
             "ctrough": np.maximum(found["ctrough"], 0.0), "auc": area / 24, "cavg": area / hours}
    range_ = each["cmax"] - each["cmin"]
    with np.errstate(divide="ignore", invalid="ignore"):
        each["fluctuation"] = np.where(each["cavg"] > 0, 100 * range_ / each["cavg"], np.nan)
        each["swing"] = np.where(each["cmin"] > 1e-12 * each["cmax"], 100 * range_ / each["cmin"], np.nan)
    total = length.sum()
    whole = {name: 100 * found[name].sum(axis=1) / total for name in ("inside", "below", "above")}
    whole |= {name: found[name] / 24 for name in ("first_entry", "onset", "last_exit", "longest_gap",
                                                  "longest_gap_below")}
    highest = each["cmax"].max(axis=1)
    first = (each["cmax"] >= (highest * (1 - 1e-6))[:, None]).argmax(axis=1)
    began = (bounds[:-1] - bounds[0]) / 24
    whole |= {"cmax": highest, "tmax": np.take_along_axis(each["tmax"], first[:, None], axis=1)[:, 0] + began[first],
              "cmin": each["cmin"].min(axis=1), "ctrough": each["ctrough"][:, -1], "auc": each["auc"].sum(axis=1),
              "cavg": area.sum(axis=1) / total, "fluctuation": each["fluctuation"][:, -1],
              "swing": each["swing"][:, -1]}
    with np.errstate(divide="ignore", invalid="ignore"):
        whole["burst_overshoot"] = np.where(each["cavg"][:, 0] > 0, each["cmax"][:, 0] / each["cavg"][:, 0], np.nan)
        alike = len(doses) > 1 and len({dose.amount_mg for dose in doses}) == 1 and np.ptp(length) <= 1e-9 * length[0]
        whole["accumulation"] = area[:, -1] / area[:, 0] if alike else np.full(area[:, 0].shape, np.nan)
    return whole, each


def _about(name, unit, drug):
    kind, meaning = MEANINGS[name]
    shown = {"time": "day", "concentration": unit, "area": f"{unit}*day"}.get(kind, kind)
    found = {"units": shown, "long_name": meaning}
    return found | ({"analyte": drug.analyte} if kind in ("concentration", "area") else {})


def _own(name, values, drug, release):
    """Each patient's own value of a parameter, in the unit of the card or model."""
    if name == "bioavailability":
        return values, {"units": "1", "long_name": "share of the released drug that reaches the blood"}
    if name in drug.parameters:
        return units.outside(values, drug.parameters[name].unit), {"units": drug.parameters[name].unit,
                                                                   "long_name": f"{name} of the patient"}
    p = release.model.parameter(name)
    return units.outside(values, p.unit), {"units": p.unit, "long_name": p.meaning}


def _curves(curves, job, drug, unit, lead, dims, keep_curves, band, windowed):
    """What is kept of the curves, which come as (draws, times, patients)."""
    about = {"units": unit, "long_name": f"{drug.analyte} in plasma", "analyte": drug.analyte}
    found = {}
    if keep_curves:
        found["plasma"] = ((*dims[:-1], "time", "patient"), lead(curves), about)
    if band:
        # Over all patients, and over all draws as well where there are some.
        quantiles = [np.quantile(curves[:, k], QUANTILES) for k in range(curves.shape[1])]  # no copy of all at once
        found["plasma_quantiles"] = (("quantile", "time"), np.transpose(quantiles),
                                     {**about, "long_name": f"{drug.analyte} in plasma, quantiles over the patients"})
        if windowed:
            inside = np.stack([np.mean((curves[:, k] >= job.lower) & (curves[:, k] <= job.upper), axis=1)
                               for k in range(curves.shape[1])], axis=1)
            found["share_inside"] = ((*dims[:-1], "time"), lead(inside),
                                     {"units": "1", "long_name": "share of the patients who are inside the window"})
    return found
