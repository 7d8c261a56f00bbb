"""Tissues on the command line, in tables, plots and reports."""

import json

import numpy as np
import pytest

import pkmodels as pk
from pkmodels import prediction

HERE = ["--model", "first_order", "--set", "k=0.1/day", "--drug", "docetaxel", "--regimen", "10 mg once", "--days",
        "28", "--site", "prostate_tumour"]


@pytest.fixture(scope="module")
def found():
    site = pk.read_site("prostate_tumour", partition=2, f_unbound=0.1)
    return pk.predict("first_order", values={"k": 0.1}, drug="docetaxel", regimen="10 mg every 14 days x 2", site=site,
                      times=np.arange(0, 28.5, 0.5))


def test_predict_shows_tissue_ratio_and_its_reason(run):
    code, out, err = run("predict", *HERE)
    assert code == 0
    assert out.startswith("docetaxel; local is the prostate tumour")
    assert "local (ng/mL)" in out
    assert "1 + 35.7/0.288 = 125 times" in err
    assert "volume of the prostate tumour is 20 mL: assumed" in err


def test_predict_as_json(run):
    """10 mg over the whole time: plasma area 10/35.7 mg h/L, tissue 125 times that (closed form)."""
    code, out, _ = run("predict", *HERE, "--json")
    said = json.loads(out)
    assert code == 0
    rows = {row["measure"]: row["ratio"] for row in said["local_ratio"]["rows"]}
    assert rows["eventual"] == pytest.approx(124.958333, rel=1e-8)
    assert said["units"]["local"] == "ng/mL"
    assert said["ratio"][0] is None


def test_numbers_of_the_site_and_time_scale(run):
    code, out, err = run("predict", *HERE, "--site-set", "volume=40mL", "--in-vivo", "scale=2", "--in-vivo",
                         "shift=12 h", "--json")
    said = json.loads(out)
    assert code == 0, err
    assert said["exchange_flow_L_per_h"] == pytest.approx(0.576)
    assert any("days in the body = 2 x (days in the vial) + 0.5 days" in s for s in said["assumptions"])


def test_coverage_of_the_tissue(run):
    """The tissue follows the release: C = R/Q_eff, above 50 ng/mL until ln(k D/(Q 50)) / k."""
    _, out, _ = run("coverage", *HERE, "--window", "> 50 ng/mL", "--variable", "local", "--json")
    until = np.log(10e6 * 0.1 / 24 / (288 * 50)) / 0.1
    # Plasma adds 1/125 and the tissue lags by minutes.
    assert json.loads(out)["overall"]["last_exit"]["value"] == pytest.approx(until, rel=2e-2)


@pytest.mark.parametrize(("arguments", "words"), [
    ([*HERE[:-1], "prostate"], "there is no site called 'prostate'"),
    ([*HERE[:-2], "--site-set", "volume=3mL"], "give --site as well"),
    ([*HERE, "--site-set", "volume=3mg"], "wrong unit"), ([*HERE, "--in-vivo", "scale=0"], "scale = 0"),
    ([*HERE, "--site-set", "size=3mL"], "no number of a site"),
    (["--model", "first_order", "--set", "k=0.1/day", "--days", "3", "--site", "liver"], "needs a drug"),
])
def test_one_sentence_for_what_a_user_can_mend(run, arguments, words):
    code, _, err = run("predict", *arguments)
    assert code == 2
    assert words in err
    assert "Traceback" not in err


def test_coverage_without_a_site_says_what_to_give(run):
    code, _, err = run("coverage", *HERE[:-2], "--window", "> 1 ng/mL", "--variable", "local")
    assert (code, "give --site" in err) == (2, True)


def test_table_and_text(found):
    table = prediction.table(found)
    assert list(table.columns) == ["released", "plasma (ng/mL)", "local (ng/mL)", "local free (ng/mL)", "ratio"]
    assert np.isnan(table["ratio"].iloc[0])
    assert "nan" not in prediction.text(found)
    ratio = pk.local_ratio(found)
    assert "auc" in repr(ratio)
    assert "<table" in ratio._repr_html_()
    assert set(ratio.table["kind"]) == {"total", "free"}


def test_plot_has_tissue_and_plasma_on_a_logarithmic_axis(found):
    ax = pk.plot_prediction(found, "> 0.1 ng/mL")
    assert ax.get_yscale() == "log"
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert labels[:3] == ["plasma", "prostate tumour, total", "prostate tumour, unbound"]
    low, high = ax.get_ylim()
    assert low < float(found.plasma[-1]) < float(found.local.max()) < high
    assert any("prostate tumour : plasma = " in text.get_text() for text in ax.texts)
    assert pk.plot_prediction(found, log=False).get_yscale() == "linear"


def test_plot_when_nothing_reaches_the_plasma():
    closed = pk.predict("first_order", values={"k": 0.1}, drug="docetaxel", regimen="10 mg once", days=7,
                        site=pk.read_site("prostate_tumour", perfusion=0))
    assert pk.plot_prediction(closed).get_ylim()[1] > float(closed.local.max())


def test_report_names_tissue_ratio_and_sources(found):
    page = pk.report(prediction=found)
    assert "docetaxel: prostate tumour over plasma" in page
    assert "and in the prostate tumour" in page
    assert "Non-invasive quantification of tumor blood flow in prostate cancer" in page
    assert "areas under the curves (AUC)" in page
    assert "Tissue parameters" in page
