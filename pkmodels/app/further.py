"""Step 3 of the page goes on: a tissue, many patients, a hormone. Nothing is computed until it is asked for."""

import numpy as np
import streamlit as st

import pkmodels as pk
from pkmodels import plotting, prediction
from pkmodels.errors import PkmodelsError

#: Most patients that the page predicts at once; more are a matter of the command line.
MOST_PATIENTS = 2000
HORMONE = "hpg_agonist"


def further(release, asked, predicted, window):
    """Draw the expanders below a prediction.

    Parameters
    ----------
    release : Fit or str
        What was predicted with.
    asked : dict
        The arguments of the prediction.
    predicted : xarray.Dataset
    window : str
        As it was typed; may be empty.
    """
    for label, key, draw in (("In the tissue around the carrier", "tissue", lambda: _tissue(release, asked)),
                             ("In many patients who differ", "patients", lambda: _patients(release, asked, window)),
                             ("What it does to testosterone", "hormone", lambda: _hormone(release, asked, predicted))):
        with st.expander(label):
            if st.toggle("Show", key=f"show_{key}"):
                try:
                    draw()
                except PkmodelsError as problem:
                    st.error(str(problem))


def _tissue(release, asked):
    site = st.selectbox("Tissue", prediction.list_sites(), key="site")
    card = prediction.read_site(site)
    volume = st.number_input("Volume of the tissue (mL)", 0.001, 10000.0, float(card.parameters["volume"].value),
                             key=f"volume of {site}", format="%g")
    partition = st.number_input("Tissue over plasma at rest (partition)", 0.001, 1000.0,
                                float(card.parameters["partition"].value), key=f"partition of {site}", format="%g")
    around = prediction.read_site(site, volume=(volume, "mL"), partition=(partition, "1"))
    found = _kept("tissue", (release, asked, site, volume, partition),
                  lambda: pk.predict(release, **asked, site=around, draws=0))
    st.pyplot(plotting.plot_prediction(found).figure)
    st.html(pk.local_ratio(found)._repr_html_())


def _patients(release, asked, window):
    count = st.slider("Patients", 100, MOST_PATIENTS, 200, 100, key="patients")
    spread = st.slider("Assumed variation of clearance between them (%); 0 for what the drug card says", 0, 100, 0,
                       key="spread")
    if not window.strip():
        st.info("Give a window above to see how many are inside.")
    found = _kept("patients", (release, asked, window, count, spread), lambda: pk.predict_population(
        release, **asked, patients=count, window=window if window.strip() else None,
        variability={"clearance": spread / 100} if spread else None))
    st.pyplot(plotting.plot_population(found)[0].figure)
    if window.strip():
        st.html(pk.coverage(found, window)._repr_html_())


def _hormone(release, asked, predicted):
    st.caption(f"The effect {HORMONE} was measured with triptorelin in healthy men; for another drug it is an "
               "assumption, and for one that is no GnRH agonist it means nothing.")
    potency = st.number_input("Potency over that of triptorelin (by mass)", 0.001, 1000.0, 1.0, key="potency",
                              format="%g")
    # The draws would cost a second each and change little beside what is assumed here.
    alone = predicted.drop_vars([name for name in predicted.data_vars if name.endswith("_draws")])
    found = _kept("hormone", (release, asked, potency), lambda: pk.respond(
        alone, HORMONE, values={"relative_potency": potency}))
    st.pyplot(plotting.plot_response(found, "testosterone").figure)
    values = found["testosterone"].values
    lowest = int(np.argmin(values))
    st.success(f"Testosterone begins at {values[0]:.3g} ng/mL, rises to {values.max():.3g} and falls to "
               f"{values[lowest]:.3g} ng/mL by day {float(found.time[lowest]):.3g}.")


def _kept(name, question, answer):
    """What was computed for the same question, once per session."""
    kept = st.session_state.setdefault("further", {})
    release, *rest = question
    fitted = [release.model.name, dict(release.values), release.study.sha256] if hasattr(release, "study") else release
    key = repr([fitted, rest])
    if kept.get(name, (None,))[0] != key:
        kept[name] = (key, answer())
    return kept[name][1]
