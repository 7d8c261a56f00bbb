"""The page itself: data, models, prediction, results to take away. Streamlit runs it from top to bottom."""

import hashlib
import json
import tempfile
from pathlib import Path

import streamlit as st

import pkmodels as pk
from pkmodels import plotting, prediction, shelf
from pkmodels.app.correcting import corrections
from pkmodels.app.further import further
from pkmodels.app.jobs import Cancelled, Job
from pkmodels.app.ranges import AROUND, around, slider_range, surroundings
from pkmodels.app.script import script
from pkmodels.environment import STANDARD
from pkmodels.errors import PkmodelsError
from pkmodels.fitting import ranked
from pkmodels.prediction import table as prediction_table
from pkmodels.reporting import workbook
from pkmodels.windows import list_windows

OWN = "a file of my own"
ALL, FEW, MINE = "all {} plain models", "the usual {}", "my choice"
#: Columns of the ranking: name, heading, how many digits.
RANKING = (("rmse_percent", "RMSE (% of dose)", "%.2f"), ("r2_adj", "adjusted R²", "%.4f"), ("aicc", "AICc", "%.2f"),
           ("weight", "Akaike weight", "%.3f"))
USUAL = ("first_order", "higuchi", "korsmeyer_peppas", "weibull", "biexponential", "gallagher_corrigan")


def main():
    """Draw everything that the state of this session allows."""
    st.set_page_config(page_title="pkmodels", layout="wide")
    st.title("pkmodels")
    st.caption("From the release curve of a drug carrier to the answer that it was measured for. Nothing leaves this "
               "machine.")
    study, source, options = data()
    if study is None:
        return
    found, models = ranking(study, (source, json.dumps(options)))
    if found is None:
        return
    fit = chosen(found)
    asked, predicted, covered = into_the_blood(fit)
    take_away(source, options, models, found, fit, asked, predicted, covered)


def data():
    """Step 1: a study, its file name and the options it was read with; the study is None until there is one."""
    st.header("1. Data")
    left, right = st.columns([1, 2])
    with left:
        path = st.radio("Release curve", [OWN, *shelf.names("data", "curves/*.csv")], key="place")
        if path == OWN:
            path = _dropped(st.file_uploader("csv, tsv or xlsx", type=["csv", "tsv", "txt", "xlsx"], key="file"))
        if path is None:
            st.info("Drop a file with a column of times and one or more of released drug, units in the headers: "
                    "Time (h), Released (%). Or choose the curve that ships, to try.")
            return None, None, {}
    try:
        with left:
            options = corrections(path)
        study = _read(path, **options)
        if len(study.formulations) > 1:
            with left:
                options["formulation"] = st.selectbox("Formulation", study.formulations, key="formulation")
            study = study.only(options["formulation"])
    except PkmodelsError as problem:
        right.error(_plain(problem))
        right.info("If the file is right and was misread, correct on the left how it is read.")
        return None, None, {}
    with right:
        words, picture = st.columns(2)
        words.html(study._repr_html_())
        picture.pyplot(plotting.plot_study(study).figure)
    return study, Path(path).name, options


def ranking(study, key):
    """Step 2: the comparison, and the models that were asked for; None until it is there."""
    st.header("2. Which model?")
    plain = ranked(study)
    which = st.radio("Try", [ALL.format(len(plain)), FEW.format(len(USUAL)), MINE], horizontal=True, key="which",
                     help="lag, plateau and the like can be added on the command line or in Python")
    models = list(plain if which.startswith("all") else USUAL)
    if which == MINE:
        models = st.multiselect("Release models", pk.list_models(), default=list(USUAL), key="models")
    key = (study.sha256, key, tuple(models))
    job = st.session_state.get("job")
    if st.button("Fit and rank", type="primary", disabled=not models or bool(job and job.running), key="rank"):
        job = st.session_state["job"] = Job(lambda progress: pk.compare(study, models, progress=progress))
        st.session_state["job_key"] = key
    if job is None:
        return None, models
    if job.running:
        _watch()
        return None, models
    if isinstance(job.problem, Cancelled):
        st.info("Stopped. Choose fewer models, or start again.")
        return None, models
    if isinstance(job.problem, PkmodelsError):
        st.error(str(job.problem))
        return None, models
    if job.problem is not None:
        st.error("This went wrong for a reason of ours; please report it with your file: "
                 f"{type(job.problem).__name__}: {job.problem}")
        return None, models
    if st.session_state["job_key"] != key:
        st.info("Data or models have changed since this ranking was made: fit and rank again.")
        return None, models
    found = job.result
    st.dataframe(found.table, width="stretch", column_config={
        name: st.column_config.NumberColumn(label, format=shape) for name, label, shape in RANKING})
    st.success(_plain(found.advice))
    for name, why in found.failed.items():
        st.warning(f"{name} could not be fitted: {why}")
    return found, models


@st.fragment(run_every=0.4)
def _watch():
    """Progress and a way out while a job runs."""
    job = st.session_state["job"]
    job.look()
    if not job.running:
        st.rerun()
    st.progress(job.done / max(job.total, 1), f"{job.done} of {job.total} models; now {job.current}")
    if st.button("Cancel", key="cancel"):
        job.cancel()


def chosen(found):
    """The fit to go on with, shown."""
    names = [fit.model.name for fit in found.fits]
    name = st.selectbox("Go on with", names, index=names.index(found.best.model.name), key="chosen")
    fit = found[name]
    left, right = st.columns(2)
    left.pyplot(plotting.plot_fit(fit).figure)
    with right:
        st.html(fit._repr_html_())
    return fit


def into_the_blood(fit):
    """Step 3: what was asked for, the prediction and the coverage; None where they are not possible."""
    st.header("3. Into the blood")
    left, right = st.columns([1, 2])
    with left:
        drugs = [f"{name}:{one}" for name in prediction.list_drugs() for one in prediction.read_drug(name).sets]
        drug = st.selectbox("Drug and people", drugs, index=drugs.index("goserelin:male"), key="drug")
        dose = st.number_input("Dose (mg)", 0.001, 10000.0, 3.6, key="dose", format="%g")
        interval = st.slider("Days between doses", 1, 180, 28, key="interval")
        count = st.slider("Doses", 1, 24, 6, key="count")
        regimen = f"{dose:g} mg every {interval} days x {count}"
        regimen = st.text_input("Regimen in words, if it is another", "", placeholder=regimen, key="regimen") or regimen
        window = st.text_input("Window", "0.5-1.2 ng/mL", key="window",
                               help="such as 0.5-1.2 ng/mL, > 0.5 ng/mL, or the name of one that ships: "
                                    + ", ".join(list_windows()))
        values = _what_if(fit)
        said = _around(fit.model)
    asked = {"drug": drug, "regimen": regimen} | ({"values": values} if values else {})
    asked |= {"environment": said} if said else {}
    try:
        release = fit.model.name if values else fit
        predicted = _predict(release, fit, asked)
        covered = pk.coverage(predicted, window) if window.strip() else None
    except PkmodelsError as problem:
        right.error(_plain(problem))
        return None, None, None
    with right:
        st.pyplot(plotting.plot_prediction(predicted, covered.window if covered else None).figure)
        if covered:
            st.success("  \n".join(_plain(sentence) for sentence in covered.verdict))
            st.dataframe(covered.full_table, width="stretch")
            for warning in covered.window.warnings:
                st.warning(_plain(warning))
        st.pyplot(plotting.plot_release(predicted).figure)
        with st.expander("What this takes for granted", expanded=True):
            st.markdown("\n".join(f"- {_plain(sentence)}" for sentence in predicted.attrs["assumptions"]))
        further(release, asked, predicted, window)
    return {**asked, "window": window}, predicted, covered


def _what_if(fit):
    """Values of the release parameters by slider; none while they are those of the fit."""
    with st.expander("What if the release were different?"):
        if not st.toggle("Move the parameters by hand (the interval goes: it belongs to the fit)", key="by_hand"):
            return None
        values = {}
        for p in fit.model.parameters:
            low, high, value = slider_range(p, float(fit.values[p.name]))
            unit = fit.units[p.name]
            label = f"{p.name} ({unit})" if unit != "1" else p.name
            moved = st.slider(label, low, high, value, format="%g", help=p.meaning,
                              key=f"{fit.model.name} {p.name}")
            values[p.name] = (moved, unit)
        return values


def _around(model):
    """Temperature and pH around the carrier, of a model that answers them, in words; None where they are the usual."""
    if not around(model):
        return None
    with st.expander("Temperature and pH around the carrier", expanded=True):
        first, later = {}, {}
        for name in around(model):
            label, low, high = AROUND[name]
            first[name] = st.slider(label, low, high, STANDARD[name], 0.1, key=f"around {name}")
            later[name] = st.slider(f"{label}, later", low, high, STANDARD[name], 0.1, key=f"around {name} later")
        return surroundings(first, later, st.slider("Later begins on day", 0.1, 60.0, 2.0, 0.1, key="around day"))


def take_away(source, options, models, found, fit, asked, predicted, covered):
    """Step 4: report, record, tables and script."""
    st.header("4. Take away")
    columns = st.columns(5)
    by_hand = bool(asked and "values" in asked)
    pieces = {"comparison": found, "fit": fit} if not by_hand else {}
    if predicted is not None:
        pieces |= {"prediction": predicted, "coverage": covered}
    tables = {"ranking": found.table, "parameters": fit.table, "data": fit.study.frame}
    rows, what = fit.table, "Parameters (csv)"
    if predicted is not None:
        rows, what = prediction_table(predicted), "Prediction (csv)"
        tables["prediction"] = rows
    if covered is not None:
        tables["coverage"] = covered.full_table
    settings = None if asked is None else {name: value for name, value in asked.items() if name != "window"}
    shipped = source.removesuffix(".csv") in shelf.names("data", "curves/*.csv")
    text = script(source.removesuffix(".csv") if shipped else source, options, models, fit.model.name, settings,
                  (asked or {}).get("window"))
    # Made when they are asked for: a report takes longer than a slider may.
    for column, label, content, name in zip(
            columns, ("Report (html)", "Fit record (toml)", "Tables (xlsx)", what, "Python script"),
            (lambda: pk.report(**pieces), lambda: _record(fit), lambda: workbook.as_bytes(tables), rows.to_csv, text),
            ("report.html", "fit.toml", "tables.xlsx", "table.csv", "chain.py"), strict=True):
        column.download_button(label, content, name, key=name, on_click="ignore")
    with st.expander("The same in Python"):
        st.code(text, language="python")
    st.caption(f"pkmodels {pk.__version__}, seed {fit.seed}, data {fit.study.sha256[:12]}")


def _dropped(file):
    """Where a dropped file lies: a folder of this session, under its own name without any path."""
    if file is None:
        return None
    content = file.getvalue()
    mark = hashlib.sha256(content).hexdigest()
    folder = st.session_state.setdefault("folder", tempfile.TemporaryDirectory(prefix="pkmodels-"))
    place = Path(folder.name) / mark[:16]
    place.mkdir(exist_ok=True)
    path = place / Path(file.name.replace("\\", "/")).name
    if not path.exists():
        path.write_bytes(content)
    return str(path)


def _read(path, **options):
    """Read once per file and options."""
    kept = st.session_state.setdefault("read", {})
    key = (path, json.dumps(options))
    if key not in kept:
        kept.clear()
        try:
            kept[key] = pk.read_study(path, **options)
        except PkmodelsError as problem:
            kept[key] = problem
    if isinstance(kept[key], PkmodelsError):
        raise kept[key]
    return kept[key]


def _predict(release, fit, asked):
    """Predict once per question; the draws of an interval take a moment."""
    kept = st.session_state.setdefault("predicted", {})
    key = json.dumps([fit.model.name, fit.study.sha256, fit.study.formulations, sorted(fit.values.items()), asked],
                     default=str)
    if key not in kept:
        kept.clear()
        kept[key] = pk.predict(release, **asked)
    return kept[key]


def _record(fit):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "fit.toml"
        fit.save(path)
        return path.read_bytes()


def _plain(text):
    """Text that Markdown leaves as it is."""
    return "".join("\\" + sign if sign in "*_[]$`#<>~\\" else sign for sign in str(text))


main()
