"""A drug card as text and as HTML."""

import html

from ...references import cite


def text(drug):
    """The card for people."""
    remarks = "\n".join(f"- {remark}" for remark in _remarks(drug))
    return "\n\n".join([f"{drug.name}: {drug.title}", _head(drug), *_tables(drug, "simple"), remarks,
                        cite(drug.citations)]).strip()


def page(drug):
    """The card as HTML."""
    remarks = "".join(f"<li>{html.escape(each)}</li>" for each in (*_remarks(drug), *map(cite, drug.citations)))
    return (f"<h4>{html.escape(f'{drug.name}: {drug.title}')}</h4><p>{html.escape(_head(drug))}</p>"
            f"{''.join(_tables(drug, 'html'))}<ul>{remarks}</ul>")


def _head(drug):
    others = [name for name in drug.sets if name != drug.set_name]
    measured = "; ".join(part for part in (drug.matrix, drug.assay) if part)
    return (f"{drug.analyte_label}; body {' -> '.join(drug.body)}; set '{drug.set_name}'"
            + (f" (also: {', '.join(others)})" if others else "") + (f"; measured in {measured}" if measured else ""))


def _remarks(drug):
    return (*drug.adjustments, *drug.remarks, *(drug.variability.remarks if drug.variability else ()))


def _tables(drug, form):
    from tabulate import tabulate

    def table(rows, head):
        return str(tabulate(rows, head, form, disable_numparse=True))

    rows = [[name, str(number), number.source, number.evidence] for name, number in drug.parameters.items()]
    if drug.apparent:
        rows.append(["bioavailability", "1", "contained in the apparent parameters (CL/F, V/F)", ""])
    elif drug.bioavailability_number is None:
        rows.append(["bioavailability", f"{drug.bioavailability:g}", drug.bioavailability_source, ""])
    else:
        number = drug.bioavailability_number
        rows.append(["bioavailability", str(number), number.source, number.evidence])
    for name, number in (("molar mass", drug.molar_mass), ("fraction unbound", drug.fraction_unbound),
                         *((f"{kind} error", each) for kind, each in drug.residual.items())):
        if number is not None:
            rows.append([name, str(number), number.source, number.evidence])
    yield table(rows, ["parameter", "value", "source", "evidence"])
    if drug.depot is not None:
        rows = [[name, str(n), n.source, n.evidence] for name, n in drug.depot.parameters.items()]
        yield table(rows, [f"depot {drug.depot.model}", "value", drug.depot.label, "evidence"])
    if drug.covariates:
        yield table([[each.parameter, str(each), f"{each.unit}".replace("1", "yes or no") if each.unit == "1"
                      else each.unit, each.meaning, each.source] for each in drug.covariates],
                    ["parameter", "times", "unit", "what", "source"])
    if drug.observed:
        yield table([[each.quantity, str(each), each.label, f"{each.source} ({each.evidence})"]
                     for each in drug.observed], ["observed", "value", "what", "source"])
    if len(drug.shelf) > 1:
        yield table([[("-> " if name == drug.set_name else "") + name, people, source]
                     for name, people, source in drug.shelf], ["set", "people", "source"])


def plain(drug):
    """The card as plain numbers and texts."""
    def numbers(some):
        return {name: {key: value for key, value in vars(number).items() if value not in (None, "")}
                for name, number in some.items()}

    varies = drug.variability
    return {
        "name": drug.name, "analyte": drug.analyte, "matrix": drug.matrix, "assay": drug.assay,
        "set": drug.set_name, "sets": list(drug.sets), "title": drug.title, "population": drug.population,
        "body": list(drug.body), "parameters": numbers(drug.parameters), "apparent": drug.apparent,
        "bioavailability": drug.bioavailability, "residual": numbers(drug.residual),
        "variability": {"names": list(varies.names), "scales": list(varies.scales),
                        "covariance": varies.covariance.tolist(), "remarks": list(varies.remarks)},
        "covariates": [{key: value for key, value in vars(each).items() if value not in (None, "")}
                       for each in drug.covariates],
        "depot": None if drug.depot is None else {"model": drug.depot.model, "label": drug.depot.label,
                                                  "parameters": numbers(drug.depot.parameters)},
        "people": [dict(zip(("set", "people", "source"), each, strict=True)) for each in drug.shelf],
        "adjustments": list(drug.adjustments), "remarks": list(drug.remarks), "citations": list(drug.citations)}
