"""The gallery: what every plot draws is held against what was looked at as an image.

One baseline holds limits, labels and points of every curve; the other, gallery.png, is a sheet of small pictures, which
tells colours, dashes, shading and places. After a plot was changed on purpose and looked at:
python tests/test_gallery.py
"""

import io
import json
import pickle
from pathlib import Path

import matplotlib.image
import matplotlib.style
import numpy as np
import pytest
from scipy.ndimage import uniform_filter

import pkmodels as pk
from pkmodels.errors import PkmodelsError, PredictionError

BASELINE = Path(__file__).with_name("gallery.json")
SHEET = Path(__file__).with_name("gallery.png")
#: Height and width of a small picture, and how many stand in a row of the sheet.
TILE, ROW = (160, 240), 4
#: Mean difference within a square of 16 x 16 points from which on it is another picture. Moving a whole plot by one
#: point of the screen, as other builds of the font engine may, makes 0.028; a line of another colour makes 0.049.
LOOKS = 0.035
#: Other builds of the numerical libraries end their searches a little elsewhere.
TOLERANCE = 2e-3
VALUES = {"t_scale": (14.0, "day"), "beta": 0.9}
TIMES = [0, 1, 3, 7, 14, 21, 28, 42]
SHARES = [0, 0.1, 0.22, 0.41, 0.63, 0.77, 0.85, 0.94]


def gallery():
    """Every plot by name, of results that are cheap and determined."""
    study = pk.Study.from_arrays(TIMES, SHARES, time_unit="day", formulation="A")
    two = pk.Study.from_arrays(TIMES * 2, [*SHARES, *(0.8 * share for share in SHARES)], time_unit="day", sd=0.03, n=3,
                               formulation=["A"] * len(TIMES) + ["B"] * len(TIMES))
    away = pk.distance_profile("weibull", values=VALUES, dose="0.1 ug", radius="50 um", diffusion="1e-7 cm**2/s",
                               loss="2 1/h", days=14, analyte="docetaxel")
    fit, ranked = pk.fit(study, "weibull"), pk.compare(study, ["weibull", "first_order"])
    asked = {"values": VALUES, "drug": "goserelin:male", "regimen": "3.6 mg every 28 days x 2"}
    prediction = pk.predict("weibull", **asked)
    around = pk.predict("weibull", **asked, site="prostate_tumour")
    people = pk.predict_population("weibull", **asked, patients=60, window=pk.read_window("goserelin"),
                                   variability={"clearance": 0.3})
    moved = pk.what_moves("weibull", values=VALUES, drug="goserelin:male", dose="3.6 mg", interval="28 days", doses=2,
                          window="goserelin")
    return {
        "fit": pk.plot_fit(fit), "fit, square root": pk.plot_fit(fit, time="sqrt"),
        "fit, logarithm": pk.plot_fit(fit, time="log"), "residuals": pk.plot_residuals(fit),
        "comparison": pk.plot_comparison(ranked), "release": pk.plot_release(prediction),
        "prediction": pk.plot_prediction(prediction, "goserelin"), "site": pk.plot_prediction(around),
        "population": pk.plot_population(people)[0], "coverage": pk.plot_coverage(pk.coverage(prediction, "goserelin")),
        "study": pk.plot_study(two), "reach": pk.plot_reach(away, "10 ng/mL"),
        "fit of many": pk.plot_fit(pk.fit_many(two, "weibull", shared=("beta",))),
        "response": pk.plot_response(pk.respond(prediction, "hpg_agonist")), "tornado": pk.plot_tornado(moved),
    }


def drawn(ax):
    """Limits, labels, and points of what stands on axes."""
    lines = [np.asarray(line.get_xydata(), dtype=float) for line in ax.lines]
    thin = [points[np.linspace(0, len(points) - 1, 7).astype(int)] for points in lines if len(points)]
    return {"x": [*map(float, ax.get_xlim())], "y": [*map(float, ax.get_ylim())], "xscale": ax.get_xscale(),
            "yscale": ax.get_yscale(), "labels": [ax.get_xlabel(), ax.get_ylabel()],
            "legend": [text.get_text() for text in ax.get_legend().get_texts()] if ax.get_legend() else [],
            "lines": [[[*map(_rounded, point)] for point in points] for points in thin],
            "bars": [float(f"{v:.6g}") for bar in ax.patches if hasattr(bar, "get_width")
                     for v in (bar.get_x(), bar.get_y(), bar.get_width(), bar.get_height())],
            "areas": len(ax.collections), "texts": [text.get_text() for text in ax.texts]}


def _rounded(value):
    """To six digits; None where a line is interrupted."""
    return None if np.isnan(value) else float(f"{value:.6g}")


def picture(ax):
    """A plot as a small picture, shape (height, width, 3), values from 0 to 1; averaged, so that edges are soft."""
    memory = io.BytesIO()
    with matplotlib.style.context({}, after_reset=True):
        ax.figure.savefig(memory, format="png", dpi=120, facecolor="white")
    memory.seek(0)
    drawn = matplotlib.image.imread(memory)[..., :3]
    fine = [np.linspace(0, size, 4 * wanted, endpoint=False).astype(int)
            for size, wanted in zip(drawn.shape[:2], TILE, strict=True)]
    return drawn[np.ix_(*fine)].reshape(TILE[0], 4, TILE[1], 4, 3).mean(axis=(1, 3))


def place(sheet, k):
    """The part of the sheet where the picture of that number stands."""
    down, along = divmod(k, ROW)
    return sheet[down * TILE[0]:(down + 1) * TILE[0], along * TILE[1]:(along + 1) * TILE[1]]


def unlike(one, other):
    """The largest mean difference of two pictures, softened, over squares of 16 x 16 points."""
    apart = np.abs(uniform_filter(one - other, (7, 7, 0))).mean(axis=2)
    return float(apart.reshape(TILE[0] // 16, 16, TILE[1] // 16, 16).mean(axis=(1, 3)).max())


def difference(one, other, size=None):
    """Where two drawings differ, in words; empty where they do not."""
    if isinstance(one, dict):
        return "".join(f"{key}: {found}; " for key in other if (found := difference(one.get(key), other[key])))
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        numbers = [abs(v) for v in np.ravel(np.array(other, dtype=object)) if isinstance(v, float)]
        size = max([size or 0.0, *numbers])
        return "".join(filter(None, (difference(a, b, size) for a, b in zip(one, other, strict=True))))
    if isinstance(one, float) and isinstance(other, float):
        return "" if abs(one - other) <= TOLERANCE * (size or abs(other)) else f"{one:g} was {other:g} "
    return "" if one == other else f"{one!r} was {other!r} "


@pytest.fixture(scope="module")
def plots():
    return gallery()


def test_gallery_is_what_was_looked_at(plots):
    kept = json.loads(BASELINE.read_text(encoding="utf-8"))
    assert set(kept) == set(plots)
    wrong = {name: found for name, ax in plots.items() if (found := difference(drawn(ax), kept[name]))}
    assert not wrong


def test_a_changed_drawing_is_seen(plots):
    kept = json.loads(BASELINE.read_text(encoding="utf-8"))["fit"]
    kept["lines"][0][3][1] *= 1.02
    assert difference(drawn(plots["fit"]), kept)


@pytest.fixture(scope="module")
def looked_at(plots):
    """The picture that was looked at, by the name of its plot."""
    sheet = matplotlib.image.imread(SHEET)[..., :3]
    return {name: place(sheet, k) for k, name in enumerate(plots)}


def test_pictures_are_those_that_were_looked_at(plots, looked_at):
    wrong = {name: found for name, ax in plots.items() if (found := unlike(picture(ax), looked_at[name])) > LOOKS}
    assert not wrong


@pytest.mark.parametrize(("name", "change"), [
    ("prediction", lambda ax: ax.lines[0].set_color("#D55E00")),
    ("prediction", lambda ax: ax.patches[0].set_visible(False)),
    ("fit", lambda ax: ax.get_legend().set_visible(False)),
    ("fit", lambda ax: ax.set_ylabel("")),
    ("site", lambda ax: [text.set_visible(False) for text in ax.texts]),
    ("population", lambda ax: ax.collections[0].set_alpha(0.5)),
    ("coverage", lambda ax: ax.patches[0].set_facecolor("red"))])
def test_a_changed_picture_is_seen(plots, looked_at, name, change):
    ax = pickle.loads(pickle.dumps(plots[name]))
    change(ax)
    assert unlike(picture(ax), looked_at[name]) > LOOKS


class TestViews:
    def test_fick_begins_straight_on_a_root_axis(self):
        """Higuchi: share = k sqrt(t), so on a square-root axis its points lie on a line."""
        times = np.array([1.0, 4.0, 9.0, 16.0, 25.0])
        study = pk.Study.from_arrays(times, 0.1 * np.sqrt(times), time_unit="day")
        ax = pk.plot_fit(pk.fit(study, "higuchi"), time="sqrt")
        points = ax.lines[0].get_xydata()
        shown = ax.transData.transform(points)
        slope = np.diff(shown[:, 1]) / np.diff(shown[:, 0])
        # The search ends within 1e-6 of the constant; the axis itself is exact.
        assert np.allclose(slope, slope[0], rtol=1e-3)

    def test_logarithm_names_what_it_cannot_show(self, plots):
        assert plots["fit, logarithm"].get_xscale() == "log"
        assert plots["fit, logarithm"].get_xlim()[0] > 0
        assert "time 0 is not on this axis" in [text.get_text() for text in plots["fit, logarithm"].texts]

    def test_unknown_view(self):
        study = pk.Study.from_arrays(TIMES, SHARES, time_unit="day")
        with pytest.raises(PkmodelsError, match="square"):
            pk.plot_fit(pk.fit(study, "weibull"), time="square")


class TestTornado:
    def test_rows_are_predictions_made_by_hand(self):
        moved = pk.what_moves("weibull", values=VALUES, drug="goserelin:male", dose="3.6 mg", interval="28 days",
                              doses=2, window="goserelin", by=10)

        def inside(dose, scale):
            found = pk.predict("weibull", values=VALUES | {"t_scale": (scale, "day")}, drug="goserelin:male",
                               regimen=f"{dose} mg every 28 days x 2", days=56)
            return pk.coverage(found, "goserelin").value("inside")

        rows = {row[0]: row for row in moved.rows}
        assert moved.base == pytest.approx(inside(3.6, 14.0), rel=1e-9)
        assert rows["dose"][3:] == pytest.approx((inside(3.24, 14.0), inside(3.96, 14.0)), rel=1e-9)
        assert rows["t_scale"][3:] == pytest.approx((inside(3.6, 12.6), inside(3.6, 15.4)), rel=1e-9)

    def test_nothing_moves_a_window_that_is_out_of_reach(self):
        moved = pk.what_moves("zero_order", values={"k": (1 / 28, "1/day")}, drug="goserelin:male", dose="3.6 mg",
                              interval="28 days", doses=3, window="> 100 ng/mL")
        assert moved.base == 0
        assert all(row[3] == row[4] == 0 for row in moved.rows)

    def test_largest_first_and_prints(self, plots):
        moved = pk.what_moves("weibull", values=VALUES, drug="goserelin:male", dose="3.6 mg", interval="28 days",
                              doses=1, window="goserelin")
        sizes = [max(abs(row[3] - moved.base), abs(row[4] - moved.base)) for row in moved.rows]
        assert sizes == sorted(sizes, reverse=True)
        assert "days between doses" not in moved.table.index
        assert "clearance" in repr(moved)
        assert "<table>" in moved._repr_html_()

    @pytest.mark.parametrize(("asked", "words"), [
        ({"by": 0}, "above 0"), ({"by": 100}, "below 100"), ({"doses": 0}, "from 1 on"), ({"doses": 1.5}, "whole"),
        ({"values": None}, "needs its values"), ({"dose": "3.6"}, "unit|such as"), ({"interval": "x"}, "28 days")])
    def test_refusals(self, asked, words):
        given = {"values": VALUES, "drug": "goserelin:male", "dose": "3.6 mg", "interval": "28 days", "doses": 2,
                 "window": "goserelin"} | asked
        with pytest.raises(PkmodelsError, match=words):
            pk.what_moves("weibull", **given)

    def test_not_a_list_of_changes(self):
        with pytest.raises(PredictionError, match="what_moves"):
            pk.plot_tornado(3)


if __name__ == "__main__":
    made = gallery()
    BASELINE.write_text(json.dumps({name: drawn(ax) for name, ax in made.items()}, indent=None,
                                   ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
    whole = np.ones((TILE[0] * -(-len(made) // ROW), TILE[1] * ROW, 3))
    for number, each in enumerate(made.values()):
        place(whole, number)[:] = picture(each)
    matplotlib.image.imsave(SHEET, np.round(255 * whole).astype(np.uint8), metadata={"Software": None})
