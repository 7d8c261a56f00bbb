"""The page in the browser, driven in a real Chromium from the lab file to the report."""

import importlib.util
import json
import shutil
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request

import numpy as np
import pytest

import pkmodels as pk
from pkmodels import app
from pkmodels.app.jobs import Cancelled, Job
from pkmodels.app.ranges import surroundings
from pkmodels.app.script import script
from pkmodels.errors import PkmodelsError

BROWSER, DRIVER = shutil.which("chromium") or shutil.which("google-chrome"), shutil.which("chromedriver")
drives = pytest.mark.skipif(
    not (BROWSER and DRIVER and importlib.util.find_spec("streamlit") and importlib.util.find_spec("selenium")),
    reason="the browser test needs the extra app, selenium, chromium and chromedriver")
LAB = ("Time (day),Released (%) 1,Released (%) 2\n0,0,0\n1,9.8,10.3\n3,14.6,15.1\n7,22.0,22.9\n14,36.8,37.9\n"
       "21,52.6,53.4\n28,66.9,67.8\n42,86.5,87.0\n56,95.1,94.6\n63,96.9,97.2\n")
MODELS = ["first_order", "higuchi", "korsmeyer_peppas", "weibull", "biexponential", "gallagher_corrigan"]


class TestJobs:
    def test_gives_its_result_and_counts(self):
        job = Job(lambda progress: [2 * n for n in progress([1, 2, 3])])
        job._thread.join(5)
        assert (job.result, job.done, job.total) == ([2, 4, 6], 3, 3)

    def test_stops_between_two_pieces(self):
        def slow(progress):
            for _ in progress(range(100)):
                time.sleep(0.02)

        job = Job(slow)
        job.cancel()
        job._thread.join(5)
        assert isinstance(job.problem, Cancelled)
        assert job.done < 100

    def test_is_given_up_when_nobody_looks(self, monkeypatch):
        monkeypatch.setattr("pkmodels.app.jobs.ABANDONED", -1.0)
        job = Job(lambda progress: list(progress([1, 2])))
        job._thread.join(5)
        assert isinstance(job.problem, Cancelled)


class TestStart:
    def test_without_streamlit_it_says_what_to_install(self, monkeypatch):
        monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
        with pytest.raises(PkmodelsError, match=r"pkmodels\[app\]"):
            app.start()

    @pytest.mark.skipif(importlib.util.find_spec("streamlit") is None, reason="needs the extra app")
    def test_impossible_port(self):
        with pytest.raises(PkmodelsError, match="port 80 "):
            app.start(80)


def test_the_script_does_what_was_clicked(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lab.csv").write_text(LAB)
    text = script("lab.csv", {"time": "day", "released": None}, ["weibull"], "weibull",
                  {"drug": "goserelin:male", "regimen": "3.6 mg every 28 days x 2"}, "0.5-1.2 ng/mL")
    names = {}
    exec(compile(text, "chain.py", "exec"), names)
    assert names["coverage"].value("inside") > 0
    assert (tmp_path / "report.html").exists()
    assert (tmp_path / "fit.toml").exists()


@pytest.fixture(scope="module")
def address():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen([sys.executable, "-m", "pkmodels", "app", "--no-browser", "--port", str(port)],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    place = f"http://127.0.0.1:{port}/"
    for _ in range(480):
        try:
            with urllib.request.urlopen(f"{place}_stcore/health", timeout=2):
                break
        except OSError:
            time.sleep(0.5)
    yield place
    server.terminate()
    server.wait(10)


class Page:
    """One tab, and the few things that the tests do with it."""

    def __init__(self, address, downloads):
        from selenium import webdriver
        from selenium.webdriver.chrome.service import Service

        options = webdriver.ChromeOptions()
        options.binary_location = BROWSER
        for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                         "--window-size=1400,3000"):
            options.add_argument(argument)
        options.add_experimental_option("prefs", {
            "download.default_directory": str(downloads),
            "safebrowsing.enabled": True,  # else a script waits for a click on 'keep'
            "profile.default_content_setting_values.automatic_downloads": 1})
        options.set_capability("goog:loggingPrefs", {"performance": "ALL"})
        self.driver = webdriver.Chrome(options=options, service=Service(DRIVER))
        self.address, self.downloads = address, downloads
        self.load()

    def load(self):
        self.driver.get(self.address)
        self.shows("1. Data")

    @property
    def asked(self):
        """The addresses that the page has asked for anything so far."""
        said = [json.loads(each["message"])["message"] for each in self.driver.get_log("performance")]
        found = [each["params"]["request"]["url"] for each in said if each["method"] == "Network.requestWillBeSent"]
        found += [each["params"]["url"] for each in said if each["method"] == "Network.webSocketCreated"]
        return [url for url in found if not url.startswith(("data:", "blob:"))]

    @property
    def text(self):
        return self.driver.execute_script("return document.body ? document.body.innerText : ''")

    def until(self, true, seconds=240):
        """Wait for it. An element that the page has drawn anew meanwhile is looked for again."""
        from selenium.common.exceptions import StaleElementReferenceException

        end = time.monotonic() + seconds
        while True:
            try:
                if true():
                    return
            except StaleElementReferenceException:
                pass
            assert time.monotonic() < end, f"waited in vain; the page says:\n{self.text}"
            time.sleep(0.2)

    def shows(self, *said):
        """Wait for each of these: a page is drawn piece by piece, so what comes later may not be there yet."""
        for each in said:
            self.until(lambda each=each: " ".join(each.split()) in " ".join(self.text.split()))

    def is_calm(self):
        """Once the page is drawn to its end, nothing on it is a traceback."""
        self.until(lambda: self.find("[data-test-script-state='notRunning']"))
        assert "Traceback" not in self.text

    def find(self, selector):
        return self.driver.find_elements("css selector", selector)

    def once(self, selector, right, do):
        """Wait for the first element of that selector that is right, and do that with it."""
        def done():
            for each in self.find(selector):
                if right(each):
                    do(each)
                    return True
            return False

        self.until(done)

    def script(self, text):
        return lambda element: self.driver.execute_script(text, element)

    def drop(self, path):
        self.once("input[type=file]", lambda each: True, lambda each: each.send_keys(str(path)))

    def click(self, label):
        self.once("button", lambda each: each.text.strip() == label and each.is_enabled(),
                  self.script("arguments[0].click()"))

    def open(self, label):
        """An expander by its label, and the switch in it."""
        def opened(summary):
            self.script("arguments[0].click()")(summary)
            self.script("arguments[0].closest('details').querySelector('[data-testid=stCheckbox] input').click()")(
                summary)

        self.once("summary", lambda each: label in each.text, opened)

    def toggle(self, label):
        """A switch by its label."""
        self.once("[data-testid=stCheckbox] label", lambda each: label in each.text,
                  self.script("arguments[0].querySelector('input').click()"))

    def pick(self, label, text):
        """An entry of a list by typing it."""
        from selenium.webdriver.common.keys import Keys

        self.once(f"input[aria-label*='{label}']", lambda each: True, lambda each: each.send_keys(text, Keys.ENTER))

    def choose(self, label):
        """A radio button by its label."""
        self.once("[data-testid='stRadio'] label", lambda each: each.text.strip() == label,
                  self.script("arguments[0].click()"))

    def download(self, label, name):
        self.click(label)
        end = time.monotonic() + 240
        while not (self.downloads / name).exists():
            assert time.monotonic() < end, f"'{label}' gave no {name}"
            time.sleep(0.2)
        return self.downloads / name


@pytest.fixture
def page(address, tmp_path):
    downloads = tmp_path / "downloads"
    downloads.mkdir()
    opened = Page(address, downloads)
    yield opened
    opened.driver.quit()


@pytest.fixture
def lab(tmp_path):
    path = tmp_path / "lab.csv"
    path.write_text(LAB)
    return path


@drives
class TestInTheBrowser:
    def test_from_the_file_to_the_report(self, page, lab):
        page.drop(lab)
        page.shows("lab.csv: 1 formulation")
        page.choose(f"the usual {len(MODELS)}")
        page.click("Fit and rank")
        page.shows("4. Take away", "Python script")

        comparison = pk.compare(pk.read_study(lab), MODELS)
        page.shows(comparison.advice)
        prediction = pk.predict(comparison.best, drug="goserelin:male", regimen="3.6 mg every 28 days x 6")
        page.shows(*pk.coverage(prediction, "0.5-1.2 ng/mL").verdict)

        page.open("In the tissue around the carrier")
        around = pk.read_site("liver", volume=(50, "mL"), partition=(1, "1"))
        local = pk.predict(comparison.best, drug="goserelin:male", regimen="3.6 mg every 28 days x 6", site=around,
                           draws=0)
        page.shows(f"{float(local['ratio_auc']):.4g}")

        record = pk.load_fit(page.download("Fit record (toml)", "fit.toml"))
        assert record.values == pytest.approx(comparison.best.values, rel=1e-12)
        told = page.download("Report (html)", "report.html")
        assert "0.5-1.2 ng/mL" in told.read_text()
        assert page.download("Tables (xlsx)", "tables.xlsx").stat().st_size > 5000
        names = {}
        text = page.download("Python script", "chain.py").read_text()
        here = text.replace("'lab.csv'", repr(str(lab))).replace('"fit.toml"', repr(str(lab.with_name("f.toml")))) \
            .replace('"report.html"', repr(str(lab.with_name("r.html"))))
        exec(compile(here, "chain.py", "exec"), names)
        assert np.array_equal(names["prediction"].plasma.values, prediction.plasma.values)
        # The same report from the page and from Python, to the byte.
        assert lab.with_name("r.html").read_bytes() == told.read_bytes()

    def test_what_was_misread_is_corrected(self, page, tmp_path):
        odd = tmp_path / "odd.csv"
        odd.write_text("Zeit (h);Tage (d);B1;Extinktion\n0;0;0;0\n24;1;20;0,3\n72;3;45;0,5\n168;7;80;0,8\n")
        page.drop(odd)
        page.shows("'Extinktion' is the signal of an instrument")
        page.shows("correct on the left how it is read")
        page.toggle("Choose the columns by hand")
        page.pick("Times", "Tage")
        page.pick("Released drug", "B1")
        page.shows("odd.csv: 1 formulation, 4 points, 0 to 7 day")
        page.shows("column 'Tage (d)' read as 'time (day)', as asked")
        asked = page.asked
        assert len(asked) > 5
        assert not [url for url in asked if urllib.parse.urlsplit(url).hostname != "127.0.0.1"]
        page.is_calm()

    def test_wrong_files_are_explained_and_harm_nothing(self, page, lab, tmp_path):
        wrong = tmp_path / "wrong.csv"
        wrong.write_bytes(bytes(np.random.default_rng(1).integers(0, 256, 5000, dtype=np.uint8)))
        page.drop(wrong)
        page.until(lambda: page.find("[data-testid='stAlert']") and "wrong.csv" in page.text)
        page.is_calm()
        noise = tmp_path / "noise.csv"
        noise.write_bytes(b"1,2\n" * 12_500_000)
        page.load()
        page.drop(noise)
        page.shows("must be", "smaller")
        page.load()
        page.drop(lab)
        page.shows("lab.csv: 1 formulation")

    def test_cancel_reload_and_two_tabs(self, page, lab, address, tmp_path):
        page.drop(lab)
        page.shows("lab.csv: 1 formulation")
        page.click("Fit and rank")
        page.click("Cancel")
        page.shows("Stopped.")
        page.click("Fit and rank")
        page.shows("Cancel")
        page.load()
        page.shows("Drop a file")
        other = Page(address, tmp_path / "downloads")
        try:
            other.drop(lab)
            other.shows("lab.csv: 1 formulation")
            page.shows("Drop a file")
        finally:
            other.driver.quit()


class TestExplorer:
    """Sliders in Jupyter, moved by hand."""

    @pytest.fixture(autouse=True)
    def widgets(self):
        pytest.importorskip("ipywidgets", reason="needs the extra app")

    def test_answers_when_a_slider_moves(self, monkeypatch):
        seen = []
        monkeypatch.setattr("IPython.display.display", seen.append)
        box = pk.explore("first_order", drug="goserelin", window="0.5-1.2 ng/mL", doses=2)
        before = len(seen)
        box.controls["dose"].value = 7.2
        # Release, blood and window at once.
        assert len(seen) == 2 * before == 6
        assert set(box.controls) == {"k", "dose", "interval", "doses"}

    def test_shares_move_from_nothing_to_all_and_rates_by_a_factor(self):
        box = pk.explore("biexponential")
        share, rate = box.controls["f_burst"], box.controls["k_burst"]
        assert (share.min, share.max) == (0.0, 1.0)
        assert rate.max / rate.min == pytest.approx(25)

    def test_temperature_and_ph_change_the_release(self, monkeypatch):
        asked = []
        monkeypatch.setattr("pkmodels.app.explorer._draw", lambda *a: asked.append(a[-1]))
        box = pk.explore("acid_and_heat")
        box.controls["T_later"].value = 42.0
        assert {"T", "T_later", "pH", "pH_later", "change"} <= set(asked[-1])
        assert asked[-1]["T_later"] == pytest.approx(42.0, abs=0.2)
        assert surroundings({"T": 37.0, "pH": 7.4}, {"T": 37.0, "pH": 7.4}, 2.0) is None
        words = surroundings({"T": 37.0, "pH": 6.0}, {"T": 42.0, "pH": 6.0}, 2.0)
        assert pk.read_environment(words) == pk.Environment(T=[(0, 37), (48, 42)], pH=6)

    def test_refusals(self):
        with pytest.raises(PkmodelsError, match="give a drug"):
            pk.explore("weibull", window="0.5-1.2 ng/mL")
        with pytest.raises(PkmodelsError, match="cannot be explored"):
            pk.explore(3)
