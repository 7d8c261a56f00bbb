"""The Python script that does what was clicked."""


def script(source, options, models, chosen, prediction=None, window=None):
    """The text of a script.

    Parameters
    ----------
    source : str
        File name, or name of a curve that ships.
    options : dict
        Of `pkmodels.read_study`.
    models : list of str
    chosen : str
        The model that was carried on with.
    prediction : dict, optional
        Keyword arguments of `pkmodels.predict`.
    window : str, optional
    """
    reading = "".join(f", {name}={value!r}" for name, value in options.items() if value)
    lines = ["import pkmodels as pk", "", f"study = pk.read_study({source!r}{reading})",
             f"comparison = pk.compare(study, {models!r})", "print(comparison)", f"fit = comparison[{chosen!r}]",
             "print(fit)", 'fit.save("fit.toml")']
    if prediction:
        given = dict(prediction)
        values = given.pop("values", None)
        first = "fit" if not values else repr(chosen)
        if values:
            given = {"values": values, **given}
        lines += ["", f"prediction = pk.predict({first}, "
                  + ", ".join(f"{name}={value!r}" for name, value in given.items()) + ")"]
        if window:
            lines += [f"coverage = pk.coverage(prediction, {window!r})", "print(coverage)"]
        keep = "comparison=comparison, fit=fit, " if not values else ""
        extra = ", coverage=coverage" if window else ""
        lines += [f'pk.report({keep}prediction=prediction{extra}, path="report.html")']
    return "\n".join(lines) + "\n"
