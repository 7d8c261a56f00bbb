"""From the tables of a card to what a `Drug` is made of."""

from types import MappingProxyType

from ... import catalogue, shelf, units
from ...errors import RecordError, unknown
from ...references import cite
from . import checking
from .checking import check, choice, explained, same_kind
from .covariates import read_covariate
from .numbers import Depot, Number, Observed

DISTRIBUTIONS, CV_MEANS = ("log-normal", "normal"), ("omega", "exact")


def refuse_what_was_not_found(name):
    """Say what is missing of a drug whose numbers were looked for and not found."""
    known = shelf.read_toml(shelf.folder("data") / "drugs_not_found.toml")
    wanted = str(name).strip().lower()
    for drug, entry in known.items():
        if wanted in (drug, *entry.get("also", [])):
            raise RecordError(f"there is no card of {entry.get('name', drug)}: {entry['why']}. Nothing was invented; "
                              f"with numbers of your own write a card like the others and give its path")


def fields(card, chosen, file):
    """The fields of a `Drug` from the card's tables, all of it checked."""
    check(card, checking.CARD, file)
    for name, entry in card["sets"].items():
        check(entry, checking.SET, f"{file}, [sets.{name}]")
    name = _choose(card["sets"], chosen, file)
    entry, place = card["sets"][name], f"{file}, [sets.{name}]"
    body = tuple(entry["body"])
    numbers = _of_models(entry["parameters"], [_model(each, "body", f"{place}, body") for each in body],
                         " -> ".join(body), place)
    share, share_source, share_number = _bioavailability(entry, place)
    observed = [_observed(each, card["sets"], f"{file}, [[observed]] {k}")
                for k, each in enumerate(card.get("observed", []), 1)]
    cited = tuple(dict.fromkeys((*entry.get("citations", []), *card.get("citations", []))))
    explained(lambda: cite(cited), f"{place}, citations")
    distribution = choice(entry, "variability", DISTRIBUTIONS, place)
    cv_means = choice(entry, "cv_means", CV_MEANS, place)
    analyte = entry.get("analyte", card["analyte"])
    found = {
        "name": card["name"], "analyte": analyte,
        "analyte_label": entry.get("analyte_label", card.get("analyte_label", analyte)),
        "matrix": entry.get("matrix", ""), "assay": entry.get("assay", ""),
        "set_name": name, "title": entry.get("title", name), "population": entry.get("population", ""), "body": body,
        "parameters": MappingProxyType(numbers), "bioavailability": share, "bioavailability_source": share_source,
        "bioavailability_number": share_number, "apparent": entry.get("apparent", False),
        "fraction_unbound": _share(entry, "fraction_unbound", place),
        "covariates": tuple(read_covariate(each, [*numbers, "bioavailability"], f"{place}, [[covariates]] {k}")
                            for k, each in enumerate(entry.get("covariates", []), 1)),
        "residual": MappingProxyType(_residual(entry.get("residual", {}), place)),
        "depot": _depot(entry, distribution, cv_means, place),
        "molar_mass": _molar_mass(card, entry, analyte, file, place),
        "observed": tuple(each for each in observed if name in each.sets), "sets": tuple(card["sets"]),
        "shelf": tuple((each, about.get("population", "") or about.get("title", ""),
                        ", ".join(about.get("citations", card.get("citations", []))))
                       for each, about in card["sets"].items()),
        "remarks": (*entry.get("remarks", []), *card.get("remarks", [])), "citations": cited, "file": file,
        "spread": (distribution, cv_means, tuple(entry.get("correlations", ())), place),
    }
    _check_spread(found)
    return found


def _molar_mass(card, entry, analyte, file, place):
    """That of the set, else that of the card where both measure the same analyte."""
    if "molar_mass" in entry:
        return number(entry["molar_mass"], f"{place}, molar_mass", "g/mol")
    if "molar_mass" in card and analyte == card["analyte"]:
        return number(card["molar_mass"], f"{file}, molar_mass", "g/mol")
    return None


def number(entry, where, kind):
    """A `Number` of the kind of unit that is wanted."""
    check(entry, checking.NUMBER, where)
    same_kind(entry["unit"], kind, where)
    given = [key for key in ("sd", "cv", "omega2") if key in entry]
    if len(given) > 1:
        raise RecordError(f"{where}: {' and '.join(given)} both say how people vary; give the one that was published")
    if entry.get("cv", 0) > 5:
        raise RecordError(f"{where}: cv = {entry['cv']:g} looks like per cent; write {entry['cv'] / 100:g}")
    if choice(entry, "scale", ("logit",), where) and (
            units.dimension(entry["unit"]) or not 0 < units.convert(entry["value"], entry["unit"], "1") < 1):
        raise RecordError(f"{where}: only a share between 0 and 1 varies on the logit scale")
    return Number(**entry)


def _check_spread(found):
    """Correlations and spreads are looked at when a card is read, not when people are drawn."""
    distribution, _, correlations, where = found["spread"]
    varies = [each for each in (*found["parameters"].values(), found["bioavailability_number"]) if each is not None]
    if correlations or distribution == "normal" or any(each.scale for each in varies):
        from .variability import between_people

        numbers = dict(found["parameters"])
        if found["bioavailability_number"] is not None:
            numbers["bioavailability"] = found["bioavailability_number"]
        between_people(numbers, correlations, distribution, found["spread"][1], where)


def _choose(sets, chosen, file):
    if chosen is not None:
        if chosen not in sets:
            raise RecordError(f"{file}: there is no population '{chosen}'; known: {', '.join(sets)}")
        return chosen
    defaults = [name for name, entry in sets.items() if entry.get("default")] if len(sets) > 1 else list(sets)
    if len(defaults) != 1:
        raise RecordError(f"{file}: {'several sets say' if defaults else 'no set says'} default = true; "
                          f"choose a population: {', '.join(sets)}")
    return defaults[0]


def _model(name, kind, where):
    return explained(lambda: catalogue.get_model(name, kind), where)


def _of_models(given, models, whose, place):
    """The numbers of all models, each checked against the model's own unit and bounds."""
    wanted = {p.name: p for model in models for p in model.parameters}
    found = {}
    for name, entry in given.items():
        where = f"{place}, {name}"
        if name not in wanted:
            raise RecordError(f"{where}: {unknown('parameter of ' + whose, name, wanted)}")
        each = found[name] = number(entry, where, wanted[name].unit)
        explained(lambda name=name, each=each: wanted[name].check(each.value, each.unit), where)
        if each.value == 0:
            raise RecordError(f"{where} = 0 {each.unit} must be above zero")
    missing = [name for name in wanted if name not in given]
    if missing:
        raise RecordError(f"{place}: the body {whose} also needs {', '.join(missing)}".replace(
            "the body", "the body" if models[0].name in catalogue.list_models("body") else "the release"))
    return found


def _depot(entry, distribution, cv_means, place):
    if "depot" not in entry:
        return None
    from .variability import between_people

    given, where = entry["depot"], f"{place}, depot"
    check(given, checking.DEPOT, where)
    model = _model(given["model"], "release", f"{where}, model")
    numbers = _of_models(given["parameters"], [model], model.name, where)
    return Depot(model=model.name, label=given["label"], parameters=MappingProxyType(numbers),
                 variability=between_people(numbers, given.get("correlations", ()), distribution, cv_means, where),
                 observed=number(given["observed"], f"{where}, observed", "h") if "observed" in given else None)


def _residual(entry, place):
    kinds = {"proportional": "1", "additive": "mg/L"}
    found = {}
    for name, each in entry.items():
        if name not in kinds:
            raise RecordError(f"{place}, residual: {unknown('residual error', name, kinds)}")
        found[name] = number(each, f"{place}, residual, {name}", kinds[name])
    return found


def _observed(entry, sets, where):
    check(entry, checking.OBSERVED, where)
    explained(lambda: units.unit(entry["unit"]), where)
    if ("value" in entry) == ("low" in entry or "high" in entry) or ("low" in entry) != ("high" in entry):
        raise RecordError(f"{where}: give either value, or low and high")
    for name in entry["sets"]:
        if name not in sets:
            raise RecordError(f"{where}: there is no set '{name}'; known: {', '.join(sets)}")
    return Observed(**{**entry, "sets": tuple(entry["sets"])})


def _share(entry, key, place):
    if key not in entry:
        return None
    found = number(entry[key], f"{place}, {key}", "1")
    share = float(units.convert(found.value, found.unit, "1"))
    if not 0 < share <= 1:
        raise RecordError(f"{place}, {key} = {share:g} must be above 0 and up to 1")
    return found


def _bioavailability(entry, place):
    if "bioavailability" not in entry:
        return 1.0, "apparent" if entry.get("apparent") else "assumed", None
    if entry.get("apparent"):
        raise RecordError(f"{place}: apparent parameters (CL/F, V/F) hold the bioavailability already; "
                          f"leave bioavailability away, or apparent = true")
    found = number(entry["bioavailability"], f"{place}, bioavailability", "1")
    share = float(units.convert(found.value, found.unit, "1"))
    if not 0 < share <= 1:
        raise RecordError(f"{place}, bioavailability = {share:g} must be above 0 and up to 1: more drug than was "
                          f"released cannot arrive. An area under the curve above dose/clearance points to the assay")
    return share, found.source, found
