"""What ships, for the verbs list, show and cite."""

from .. import catalogue, shelf


def rows(kind):
    """Headers and rows of one shelf."""
    return {"models": _models, "bodies": _bodies, "effects": _effects, "drugs": _drugs, "sites": _sites,
            "windows": _windows, "curves": _curves, "fits": _fits, "scenarios": _scenarios}[kind]()


def _models():
    found = [(name, catalogue.family(name), catalogue.get_model(name)) for name in catalogue.list_models()]
    return ("model", "family", "parameters", "what it is"), [
        (name, family, ", ".join(p.name for p in m.parameters), m.title)
        for name, family, m in sorted(found, key=lambda row: (row[1], row[0]))]


def _bodies():
    found = [catalogue.get_model(name, "body") for name in catalogue.list_models("body")]
    return ("body", "parameters", "what it is"), [(m.name, ", ".join(p.name for p in m.parameters), m.title)
                                                  for m in found]


def _effects():
    found = [catalogue.get_model(name, "effect") for name in catalogue.list_models("effect")]
    return ("effect", "shows", "what it is"), [(m.name, ", ".join(each.name for each in m.shown), m.title)
                                               for m in found]


def _drugs():
    from .. import prediction

    found = [(name, prediction.read_drug(name)) for name in prediction.list_drugs()]
    return ("drug", "sets", "body"), [(name, ", ".join(d.sets), " -> ".join(d.body)) for name, d in found]


def _sites():
    from .. import prediction

    found = [(name, prediction.read_site(name)) for name in prediction.list_sites()]
    return ("site", "perfusion", "what it is"), [(name, str(s.parameters["perfusion"]), s.title) for name, s in found]


def _windows():
    from .. import windows

    found = [windows.read_window(name) for name in windows.list_windows()]
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


def _scenarios():
    from .. import scenarios

    found = map(scenarios.read_scenario, scenarios.list_scenarios())
    return ("scenario", "title", "releases", "values"), [
        (s.name, s.title, len(s.releases), s.standing) for s in found]


def card(kind, name):
    """Text and plain content of one thing."""
    return {"model": _model_card, "body": lambda n: _model_card(n, "body"),
            "effect": lambda n: _model_card(n, "effect"), "drug": _drug_card, "site": _site_card,
            "window": _window_card, "curve": _curve_card, "fit": _fit_card,
            "scenario": _scenario_card}[kind](name)


def _model_card(name, kind="release"):
    from sympy import Symbol, pretty
    from tabulate import tabulate

    from .. import references
    from ..effect import Effect
    from ..environment import t
    from ..model import Curve
    from ..solve import method

    m = catalogue.get_model(name, kind)
    numbers = [(p.name, f"{p.value:g}", p.unit_text, f"{float(p.bounds[0]):g} to {float(p.bounds[1]):g}", p.meaning)
               for p in m.parameters]
    way = "driven by a concentration" if isinstance(m, Effect) else f"solved as {method(m)}"
    if isinstance(m, Curve):
        # A clock that does not run evenly is not the time, though a curve may be written with the same letter.
        shown = {t: Symbol("tau")} if m.speeds.get(t, 1) != 1 else {}
        equation = "released(t) = " + str(m.released.subs(shown))
        equation += "".join(f"\nd {clock.subs(shown)}/dt = {speed}" for clock, speed in m.speeds.items()
                            if (clock, speed) != (t, 1))
    elif isinstance(m, Effect):
        equation = "\n".join([*(f"d {q}/dt = {rate}" for q, rate in m.changes.items()),
                              *(f"{each.name} = {each.expression}" for each in m.shown
                                if str(each.expression) != each.name)])
    else:
        equation = "\n".join(f"d {s}/dt = {rate}" for s, rate in zip(m.states, m.right_hand_side, strict=True))
        equation += f"\nobserved: {pretty(m.observed, use_unicode=False, num_columns=400)}" if m.observed.is_Symbol \
            else f"\nobserved: {m.observed}"
    text = "\n".join([f"{m.title} ({m.name}); {way}", "", equation, "",
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
    return repr(drug), drug.to_dict()


def _site_card(name):
    from .. import prediction

    site = prediction.read_site(name)
    numbers = {name: {"value": p.value, "unit": p.unit, "source": p.source, "evidence": p.evidence}
               for name, p in site.parameters.items()}
    return repr(site), {"name": site.name, "title": site.title, "tissue": site.tissue, "parameters": numbers,
                        "course": {name: [list(step) for step in steps] for name, steps in site.course.items()},
                        "remarks": list(site.remarks), "citations": list(site.citations)}


def _window_card(name):
    from .. import windows

    window = windows.read_window(name)
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


def _scenario_card(name):
    from .. import scenarios

    found = scenarios.read_scenario(name)
    return str(found), found.to_dict()


def every_name():
    """Every name that `cite` understands, apart from references."""
    from .. import prediction, windows

    return [*catalogue.list_models(), *catalogue.list_models("body"), *catalogue.list_models("effect"),
            *prediction.list_drugs(), *prediction.list_sites(), *windows.list_windows(),
            *shelf.names("data", "curves/*.csv"), *shelf.names("fits", "*.toml"),
            *shelf.names("data", "scenarios/*.toml")]


def citations(name):
    """The reference ids of everything that goes by this name; None where nothing does."""
    from .. import prediction, references, windows

    found, known = [], False
    for ids in (
        [name] if name in references.references() else None,
        catalogue.get_model(name).references if catalogue.knows(name) else None,
        catalogue.get_model(name, "body").references if name in catalogue.list_models("body") else None,
        catalogue.get_model(name, "effect").references if name in catalogue.list_models("effect") else None,
        prediction.read_drug(name).citations if name.split(":")[0] in prediction.list_drugs() else None,
        prediction.read_site(name).citations if name in prediction.list_sites() else None,
        windows.read_window(name).citations if name in windows.list_windows() else None,
        _curve_citations(name) if name in shelf.names("data", "curves/*.csv") else None,
        shelf.read_toml(shelf.find("data", "scenarios/*.toml", name, "scenario"))["citations"]
        if name in shelf.names("data", "scenarios/*.toml") else None,
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
