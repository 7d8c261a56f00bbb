"""Carriers of the reviews: all are there, each says what it rests on, and the page tells the same."""

import importlib.util
import tomllib
from pathlib import Path

import numpy as np
import pytest

import pkmodels as pk
from pkmodels import references, scenarios, shelf
from pkmodels.cli import main
from pkmodels.errors import PredictionError, RecordError, UnknownName

ROOT = Path(__file__).resolve().parents[1]
DAYS = 24.0


def share(name, days, environment=None):
    scenario, _, drug = name.partition(":")
    found = pk.read_scenario(scenario)
    return found.release(drug or None).share(np.asarray(days, float) * DAYS, environment or found.environment)


def test_all_rows_of_the_reviews_are_there():
    rows = [row for name in pk.list_scenarios() for row in pk.read_scenario(name).rows]
    assert sorted(rows) == list(range(1, 25))


@pytest.mark.parametrize("name", pk.list_scenarios())
class TestEveryScenario:
    def test_can_be_predicted(self, name):
        found = pk.read_scenario(name)
        for release in found.releases.values():
            shown = release.share(np.linspace(0, 90 * DAYS, 60), found.environment)
            assert np.all(np.diff(shown) >= 0)
            assert 0 <= shown[0] < 0.2
            assert 0.05 < shown[-1] <= 1

    def test_says_what_it_rests_on(self, name):
        found = pk.read_scenario(name)
        assert found.measured
        assert found.assumed
        for each in found.citations:
            assert references.reference(each)
        for values in found.evidence.values():
            for kind, source in values.values():
                assert source or kind == "assumed" or kind == "claimed", "a number that is no guess needs its source"
        assert found.standing in str(found)
        assert found.title in found._repr_html_()
        known = {kind for values in found.evidence.values() for kind, _ in values.values()}
        assert (found.standing == "scenario") == (not known & {"measured", "computed"})

    def test_recalled_numbers_are_not_called_measured(self, name):
        """Where nothing of the release was measured, nothing in the file may say so."""
        found = pk.read_scenario(name)
        if found.measured.startswith("nothing of"):
            assert found.standing == "scenario"


def test_the_page_is_that_of_the_scenarios():
    path = ROOT / "docs" / "make_carriers.py"
    if not path.exists():
        pytest.skip("run from an installed package: there are no docs")
    spec = importlib.util.spec_from_file_location("make_carriers", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert (ROOT / "docs" / "carriers.md").read_text(encoding="utf-8") == module.page(), "run docs/make_carriers.py"


class TestNumbers:
    def test_docetaxel_and_interleukin(self):
        assert share("docetaxel_il12:docetaxel", [1, 7]) == pytest.approx([0.28, 0.90], abs=0.005)
        assert share("docetaxel_il12:IL-12", [7, 21]) == pytest.approx([0.05, 0.95], abs=0.003)

    def test_magnesium(self):
        assert share("magnesium_alloy", [30, 60]) == pytest.approx([0.7037, 0.9630], abs=5e-5)

    @pytest.mark.parametrize(("bead", "minutes", "plateau"), [
        ("LifePearl 200 um", 139, .30), ("DC Bead 100-300 um", 197, .21), ("HepaSphere 30-60 um", 110, .08),
        ("Tandem 100 um", 77, .06)])
    def test_four_makers(self, bead, minutes, plateau):
        """Plateau and time to three quarters of it, as published."""
        found = share(f"doxorubicin_beads:{bead} in a vessel", np.array([minutes, 1e6]) / 1440)
        assert found == pytest.approx([0.75 * plateau, plateau], rel=2e-3)

    def test_lenvatinib_is_four_and_a_half_times_as_fast_in_acid(self):
        acid, blood = (share("lenvatinib_acid", [0.01], pk.read_environment(f"pH {at}"))[0] for at in (6.5, 7.4))
        assert acid / blood == pytest.approx(4.47, rel=0.02)

    def test_heat_and_acid_release_each_their_own(self):
        calm, acid = (pk.read_environment(w) for w in ("pH 7.4", "pH 5.5"))
        pulses = pk.read_environment("37 C; 42 C for 30 min at day 1, 2, 3")
        drug, adjuvant = "plga_pnipam:drug by acid", "plga_pnipam:adjuvant by heat"
        assert share(drug, [4], acid)[0] > 3 * share(drug, [4], calm)[0]
        assert share(drug, [4], pulses)[0] < 1.1 * share(drug, [4], calm)[0]
        assert share(adjuvant, [4], pulses)[0] > 2 * share(adjuvant, [4], calm)[0]
        assert share(adjuvant, [4], acid)[0] == pytest.approx(share(adjuvant, [4], calm)[0])

    def test_two_drugs_of_janus_share_their_zones(self):
        found = pk.read_scenario("olaparib_janus")
        zones = [{n: v for n, v in r.values.items() if n != "f_first"} for r in found.releases.values()]
        assert zones[0] == zones[1] == zones[2]

    def test_half_lives(self):
        assert share("radioactive_microspheres:Ho-166", [26.8 / 24])[0] == pytest.approx(0.5)


class TestUse:
    def test_prediction_says_that_it_is_a_scenario(self):
        found = pk.predict("docetaxel_callispheres", drug="docetaxel", regimen="60 mg once", days=14)
        assert any("a place to start from and no finding" in s for s in found.attrs["assumptions"])
        assert "zhang2017" in found.attrs["citations"]
        assert float(found.released[-1]) == pytest.approx(0.9, abs=0.03)

    def test_its_own_surroundings_unless_others_are_given(self):
        own = pk.predict("lenvatinib_acid", days=1, times=[0.5])
        given = pk.predict("lenvatinib_acid", days=1, times=[0.5], environment="pH 7.4")
        assert float(own.released[0]) > 2 * float(given.released[0])

    def test_vessels_stay_vessels(self):
        with pytest.raises(PredictionError, match="bead_in_tissue"):
            pk.predict("hepasphere:in a vessel", drug="docetaxel", regimen="60 mg once", days=3)

    def test_names(self):
        with pytest.raises(UnknownName, match="docetaxel_il12"):
            pk.read_scenario("docetaxel_il13")
        with pytest.raises(UnknownName, match="IL-12"):
            pk.predict("docetaxel_il12:IL12", days=3)
        with pytest.raises(RecordError, match="docetaxel_il12:docetaxel"):
            pk.predict("docetaxel_il12", days=3)
        with pytest.raises(PredictionError, match="own values"):
            pk.predict("magnesium_alloy", values={"t_end": 3.0}, days=3)

    @pytest.mark.parametrize(("change", "said"), [
        (("evidence = \"claimed\"", "evidence = \"known\""), "evidence must be one of"),
        (("title", "titel"), "did you mean title"), (("t_end", "t_ends"), "has no value"),
        (("value = 90.0", "value = -1.0"), "below its bound"), (("\"day\"", "\"mg\""), "wrong unit")])
    def test_broken_files_are_named(self, tmp_path, monkeypatch, change, said):
        (tmp_path / "scenarios").mkdir()
        text = (shelf.folder("data") / "scenarios" / "magnesium_alloy.toml").read_text(encoding="utf-8")
        assert change[0] in text
        (tmp_path / "scenarios" / "broken.toml").write_text(text.replace(*change), encoding="utf-8")
        monkeypatch.setattr(shelf, "folder", lambda name: tmp_path)
        with pytest.raises(pk.PkmodelsError, match=said):
            scenarios.read_scenario("broken")

    def test_command_line(self, capsys, tmp_path):
        assert main(["list", "scenarios"]) == 0
        assert "docetaxel_il12" in capsys.readouterr().out
        assert main(["show", "scenario", "docetaxel_il12"]) == 0
        assert "claimed" in capsys.readouterr().out
        assert main(["predict", "docetaxel_il12:IL-12", "--days", "21", "--every", "7 day"]) == 0
        assert "0.05007" in capsys.readouterr().out
        assert main(["predict", "docetaxel_il12:IL-12", "--set", "n=3", "--days", "21"]) != 0
        assert main(["predict", "norcantharidin_alginate", "--days", "1", "--every", "1 day", "--csv"]) == 0
        assert capsys.readouterr().out.splitlines()[1].split(",") == ["0.0", "0.0"]  # was 6e-200 at time zero
        assert main(["predict", "radioactive_microspheres:Y-90", "--drug", "doxorubicin", "--regimen", "10 mg once",
                     "--days", "3"]) == 2
        assert "absorbed_dose" in capsys.readouterr().err
        assert main(["report", "not_there.toml", "--out", str(tmp_path / "none.html")]) == 2
        assert "written" not in capsys.readouterr().err
        assert main(["cite", "docetaxel_il12"]) == 0
        assert "Ball" in capsys.readouterr().out
        assert main(["report", "docetaxel_callispheres", "--drug", "docetaxel", "--regimen", "60 mg once",
                     "--days", "14", "--out", str(tmp_path / "x.html")]) == 0
        assert "a place to start from" in (tmp_path / "x.html").read_text(encoding="utf-8")


def test_files_are_toml_with_every_value_on_one_line():
    for path in (shelf.folder("data") / "scenarios").glob("*.toml"):
        for release in tomllib.loads(path.read_text(encoding="utf-8"))["releases"].values():
            for key, value in release.items():
                assert key == "model" or set(value) <= {"value", "unit", "evidence", "source"}
