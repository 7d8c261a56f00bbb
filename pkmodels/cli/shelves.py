"""What ships, for the verbs list, show and cite."""

from .. import catalogue, shelf


def rows(kind):
    """Headers and rows of one shelf."""
    return {"models": _models, "bodies": _bodies, "drugs": _drugs, "windows": _windows, "curves": _curves,
            "fits": _fits}[kind]()


def _models():
    found = [(name, catalogue.family(name), catalogue.get_model(name)) for name in catalogue.list_models()]
    return ("model", "family", "parameters", "what it is"), [
        (name, family, ", ".join(p.name for p in m.parameters), m.title)
        for name, family, m in sorted(found, key=lambda row: (row[1], row[0]))]


def _bodies():
    found = [catalogue.get_model(name, "body") for name in catalogue.list_models("body")]
    return ("body", "parameters", "what it is"), [(m.name, ", ".join(p.name for p in m.parameters), m.title)
                                                  for m in found]


def _drugs():
    from .. import prediction

    found = [(name, prediction.read_drug(name)) for name in prediction.list_drugs()]
    return ("drug", "sets", "body"), [(name, ", ".join(d.sets), " -> ".join(d.body)) for name, d in found]


def _windows():
    from .. import metrics

    found = [metrics.read_window(name) for name in metrics.list_windows()]
    return ("window", "limits", "analyte"), [(w.name, w.bounds, w.analyte) for w in found]


def _curves():
    found = []
    for name in shelf.names("data", "curves/*.csv"):
        about = shelf.read_toml(shelf.find("data", "curves/*.toml", name, "curve"))
        found.append((name, ", ".join(about.get("formulations", {})), about.get("title", "")))
    return ("curve", "formulations", "what it is"), found


def _fits():
    found = []
    for name in shelf.names("fits", "*.toml"):
        record = shelf.read_toml(shelf.find("fits", "*.toml", name, "fit record"))
        found.append((name, record["recipe"]["model"], f"{record['data']['source']}, {record['data']['formulation']}"))
    return ("fit", "model", "of"), found


def card(kind, name):
    """Text and plain content of one thing."""
    return {"model": _model_card, "body": lambda n: _model_card(n, "body"), "drug": _drug_card, "window": _window_card,
            "curve": _curve_card, "fit": _fit_card}[kind](name)


def _model_card(name, kind="release"):
    from sympy import pretty
    from tabulate import tabulate

    from .. import references
    from ..model import Curve
    from ..solve import method

    m = catalogue.get_model(name, kind)
    numbers = [(p.name, f"{p.value:g}", p.unit_text, f"{float(p.bounds[0]):g} to {float(p.bounds[1]):g}", p.meaning)
               for p in m.parameters]
    if isinstance(m, Curve):
        equation = "released(t) = " + str(m.released)
        equation += "".join(f"\nd {clock}/dt = {speed}" for clock, speed in m.speeds.items() if clock.name != "t")
    else:
        equation = "\n".join(f"d {s}/dt = {rate}" for s, rate in zip(m.states, m.right_hand_side, strict=True))
        equation += f"\nobserved: {pretty(m.observed, use_unicode=False, num_columns=400)}" if m.observed.is_Symbol \
            else f"\nobserved: {m.observed}"
    text = "\n".join([f"{m.title} ({m.name}); solved as {method(m)}", "", equation, "",
                      tabulate(numbers, headers=("parameter", "typical", "unit", "bounds", "meaning"),
                               disable_numparse=True),
                      *([""] if m.also else []),
                      *(f"{a.name} = {a.expression} [{a.unit}]: {a.meaning}" for a in m.also),
                      *(["", m.remarks] if m.remarks else []),
                      *(["", references.cite(m.references)] if m.references else [])])
    content = {"name": m.name, "title": m.title, "equation": equation, "latex": m.latex, "remarks": m.remarks,
               "references": list(m.references),
               "parameters": {p.name: {"value": p.value, "unit": p.unit, "bounds": [float(b) for b in p.bounds],
                                       "meaning": p.meaning} for p in m.parameters}}
    return text, content


def _drug_card(name):
    from .. import prediction

    drug = prediction.read_drug(name)
    numbers = {name: {"value": p.value, "unit": p.unit, "source": p.source, "evidence": p.evidence}
               for name, p in drug.parameters.items()}
    return repr(drug), {"name": drug.name, "analyte": drug.analyte, "set": drug.set_name, "sets": list(drug.sets),
                        "title": drug.title, "body": list(drug.body), "parameters": numbers,
                        "bioavailability": drug.bioavailability, "remarks": list(drug.remarks),
                        "citations": list(drug.citations)}


def _window_card(name):
    from .. import metrics

    window = metrics.read_window(name)
    return repr(window), window.to_dict()


def _curve_card(name):
    from .. import studies

    study = studies.read_study(name)
    return repr(study), {"name": name, "formulations": list(study.formulations), "citation": study.citation,
                         "conditions": dict(study.conditions), "notes": list(study.notes),
                         "warnings": list(study.warnings), "sha256": study.sha256}


def _fit_card(name):
    from .. import fitting

    found = fitting.load_fit(name)
    return repr(found), found.to_dict()


def every_name():
    """Every name that `cite` understands, apart from references."""
    from .. import metrics, prediction

    return [*catalogue.list_models(), *catalogue.list_models("body"), *prediction.list_drugs(), *metrics.list_windows(),
            *shelf.names("data", "curves/*.csv"), *shelf.names("fits", "*.toml")]


def citations(name):
    """The reference ids of everything that goes by this name; None where nothing does."""
    from .. import metrics, prediction, references

    found, known = [], False
    for ids in (
        [name] if name in references.references() else None,
        catalogue.get_model(name).references if catalogue.knows(name) else None,
        catalogue.get_model(name, "body").references if name in catalogue.list_models("body") else None,
        prediction.read_drug(name).citations if name.split(":")[0] in prediction.list_drugs() else None,
        metrics.read_window(name).citations if name in metrics.list_windows() else None,
        _curve_citations(name) if name in shelf.names("data", "curves/*.csv") else None,
        _fit_citations(name) if name in shelf.names("fits", "*.toml") else None,
    ):
        if ids is not None:
            known = True
            found += ids
    return list(dict.fromkeys(found)) if known else None


def _curve_citations(name):
    from .. import studies
    from ..references import cited_in

    return cited_in(studies.read_study(name).citation)


def _fit_citations(name):
    from .. import fitting

    fit = fitting.load_fit(name)
    from ..references import cited_in

    return [*fit.model.references, *cited_in(fit.study.citation)]
