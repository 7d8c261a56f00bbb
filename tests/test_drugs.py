"""Drug cards: the shipped numbers, and that a wrong card is refused by file and key."""

import json
import re
from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from pkmodels import catalogue, units
from pkmodels.errors import RecordError, UnknownName
from pkmodels.prediction.drug import list_drugs, read_drug

CARD = """
name = "trial"
analyte = "trial"
remarks = ["a remark <1>"]

[sets.adults]
body = ["injection_site", "one_compartment"]
citations = ["cockshott2000", "Own study, report 12"]
default = true

[sets.adults.parameters]
k_absorption = { value = 0.5, unit = "1/h", source = "report 12, table 3", evidence = "measured" }
v_central = { value = 44.1, sd = 13.6, unit = "L", source = "report 12, table 3", evidence = "measured" }
clearance = { value = 110.5, unit = "mL/min", source = "report 12, table 3", evidence = "measured" }

[sets.children]
title = "children"
body = ["one_compartment"]
bioavailability = { value = 80, unit = "%", source = "report 12, table 4", evidence = "measured" }

[sets.children.parameters]
v_central = { value = 10, unit = "L", source = "report 12, table 4", evidence = "measured" }
clearance = { value = 2, unit = "L/h", cv = 0.3, source = "report 12, table 4", evidence = "measured" }

[[observed]]
quantity = "cmax"
label = "peak"
sets = ["children"]
low = 1
high = 2
unit = "ng/mL"
source = "report 12"
evidence = "measured"
"""


SET = "default = true\n"
_SOURCE = 'source = "report 12"\nevidence = "measured"\n'
CORRELATED = f'''
[[sets.adults.correlations]]
parameters = ["k_absorption", "v_central"]
value = 0.5
{_SOURCE}'''
COVARIATE = f'''
[[sets.adults.covariates]]
parameter = "clearance"
covariate = "weight"
form = "power"
reference = 70
unit = "kg"
coefficient = 0.75
{_SOURCE}'''
DEPOT = '''
[sets.adults.depot]
model = "first_order"
label = "a depot"
[sets.adults.depot.parameters]
k = { value = 0.1, unit = "1/day", source = "report 12", evidence = "measured" }
'''
RESIDUAL = '''
[sets.adults.residual]
proportional = { value = 0.1, unit = "1", source = "report 12", evidence = "measured" }
'''


@pytest.fixture
def card(tmp_path):
    """Writes the card with some text replaced; returns its path."""
    def write(old="", new=""):
        assert old in CARD
        path = tmp_path / "trial.toml"
        path.write_text(CARD.replace(old, new, 1) if old else CARD)
        return path
    return write


def inside(drug):
    return {name: units.inside(p.value, p.unit) for name, p in drug.parameters.items()}


def test_shipped_names():
    assert {"goserelin", "docetaxel"} <= set(list_drugs())


def test_goserelin_as_published():
    male, female = read_drug("goserelin"), read_drug("goserelin:female")
    assert (male.set_name, female.set_name) == ("male", "female")
    assert male.sets == ("male", "prostate_cancer", "female", "renal_impairment")
    assert (male.parameters["v_central"].value, male.parameters["v_central"].sd) == (44.1, 13.6)
    assert (female.parameters["v_central"].value, female.parameters["v_central"].sd) == (20.3, 4.1)
    assert inside(male)["clearance"] == pytest.approx(6.63)
    assert inside(female)["clearance"] == pytest.approx(9.834)
    # What was not found in a source that could be read is not on the card.
    assert male.parameters["clearance"].sd is None
    assert male.bioavailability == 1
    assert "assumed" in male.assumptions[0]
    assert read_drug("goserelin", population="female") == female


def test_goserelin_observed_values_and_mass_balance():
    male = {each.quantity + each.regimen: each for each in read_drug("goserelin").observed}
    female = {each.quantity + each.regimen: each for each in read_drug("goserelin:female").observed}
    assert male["cmax3.6 mg once"].value == 2.84
    assert (male["tmax3.6 mg once"].low, male["tmax3.6 mg once"].high) == (12, 15)
    assert female["cmax3.6 mg once"].value == 1.46
    assert (female["tmax3.6 mg once"].low, female["tmax3.6 mg once"].high) == (8, 22)
    for name, observed in (("goserelin", male), ("goserelin:female", female)):
        level = 3.6e6 / (28 * 24 * 60) / read_drug(name).parameters["clearance"].value
        assert observed["cavg3.6 mg every 28 days"].value == pytest.approx(level, rel=1e-5)
        assert observed["cavg3.6 mg every 28 days"].evidence == "computed"


def test_goserelin_half_life_is_near_the_published_one_for_men_only():
    """Label volumes and half-lives are means of individuals: 4.6 against 4.2 h, 1.4 against 2.3 h."""
    for name, published, tolerance in (("goserelin", 4.2, 0.15), ("goserelin:female", 2.3, 0.45)):
        p = inside(read_drug(name))
        assert np.log(2) * p["v_central"] / p["clearance"] == pytest.approx(published, rel=tolerance)


def test_goserelin_in_patients_varies_as_published():
    """121 +/- 42.4 mL/min under the 10.8 mg depot (Zoladex label, via DrugBank); half-life 4.2 h (Cockshott 2000)."""
    patients = read_drug("goserelin:prostate_cancer")
    p = inside(patients)
    assert p["clearance"] == pytest.approx(7.26)
    assert np.log(2) * p["v_central"] / p["clearance"] == pytest.approx(4.2, abs=0.05)
    # A log-normal of the same sd/mean: omega² = ln(1 + cv²).
    assert patients.variability.sd["clearance"] == pytest.approx(np.sqrt(np.log1p((42.4 / 121) ** 2)), rel=1e-12)
    level = {each.quantity: each.value for each in patients.observed if each.regimen == "3.6 mg every 28 days"}
    assert level["cavg"] == pytest.approx(3.6e6 / 28 / 1440 / 121, rel=1e-4)


#: Public formulas; standard atomic weights of 2021 to three decimals.
FORMULAS = {"docetaxel": "C43H53NO14", "doxorubicin": "C27H29NO11", "gemcitabine": "C9H11F2N3O4", "goserelin":
            "C59H84N18O14", "lenvatinib": "C21H19ClN4O4", "olaparib": "C24H23FN4O3", "sorafenib": "C21H16ClF3N4O3",
            "enzalutamide": "C21H16F4N4O2S", "apatinib": "C24H23N5O", "abiraterone": "C24H31NO", "islatravir":
            "C12H12FN5O3", "irinotecan": "C33H38N4O6", "irinotecan:zhu_2023_sn38": "C22H20N2O5", "leuprolide":
            "C59H84N16O12", "triptorelin": "C64H82N18O13", "degarelix": "C82H103ClN18O16", "octreotide":
            "C49H66N10O10S2", "cisplatin": "Pt"}
WEIGHTS = {"C": 12.011, "H": 1.008, "N": 14.007, "O": 15.999, "F": 18.998, "Cl": 35.45, "S": 32.06, "Pt": 195.084}


@pytest.mark.parametrize("name", FORMULAS)
def test_molar_masses_are_those_of_the_formulas(name):
    """Rounded by some cards to whole numbers; SN-38 does not have that of irinotecan."""
    mass = sum(WEIGHTS[element] * int(count or 1) for element, count in
               re.findall("([A-Z][a-z]?)([0-9]*)", FORMULAS[name]))
    assert read_drug(name).molar_mass.value == pytest.approx(mass, rel=4e-4)
    assert f"{read_drug(name).molar_mass.value:g}" in repr(read_drug(name))


def test_a_set_of_another_analyte_does_not_take_the_molar_mass_of_the_card(card):
    path = card('analyte = "trial"\n', 'analyte = "trial"\nmolar_mass = { value = 300, unit = "g/mol", source = "x", '
                'evidence = "measured" }\n')
    path.write_text(path.read_text().replace('title = "children"', 'title = "children"\nanalyte = "metabolite"'))
    assert read_drug(path).molar_mass.value == 300
    assert read_drug(path, "children").molar_mass is None


def test_docetaxel_as_published():
    drug = read_drug("docetaxel")
    assert drug.set_name == "ozawa_2007"
    assert drug.body == ("three_compartment",)
    assert inside(drug) == pytest.approx({"clearance": 35.7, "v_central": 6.94, "q_peripheral": 5.58,
                                          "v_peripheral": 7.39, "q_deep": 12.5, "v_deep": 225})
    assert (drug.parameters["clearance"].cv, drug.parameters["v_central"].cv) == (0.399, 0.264)
    assert drug.citations[0] == "ozawa2007"


def test_docetaxel_half_lives():
    """0.0883, 1.0327 and 16.920 h: computed elsewhere from the same six numbers."""
    p = inside(read_drug("docetaxel"))
    out, a, b = p["clearance"], p["q_peripheral"], p["q_deep"]
    v1, v2, v3 = p["v_central"], p["v_peripheral"], p["v_deep"]
    rates = np.linalg.eigvals([[-(out + a + b) / v1, a / v2, b / v3], [a / v1, -a / v2, 0], [b / v1, 0, -b / v3]])
    assert sorted(np.log(2) / -rates.real) == pytest.approx([0.0883, 1.0327, 16.920], rel=1e-3)


SETS = [f"{name}:{each}" for name in list_drugs() for each in read_drug(name).sets]


@pytest.mark.parametrize("name", SETS)
def test_every_number_has_a_source_and_every_body_its_parameters(name):
    drug = read_drug(name)
    wanted = {p.name for body in drug.body for p in catalogue.get_model(body, "body").parameters}
    assert set(drug.parameters) == wanted
    depot = drug.depot.parameters if drug.depot else {}
    if drug.depot:
        assert set(depot) == {p.name for p in catalogue.get_model(drug.depot.model).parameters}
        assert drug.depot.label in drug.depot.release.origin["given"]
    others = [each for each in (drug.molar_mass, drug.bioavailability_number, drug.fraction_unbound) if each]
    numbers = (*drug.parameters.values(), *depot.values(), *drug.residual.values(), *others, *drug.covariates,
               *drug.observed)
    for number in numbers:
        assert number.source
        assert number.evidence in ("read in source", "computed", "assumed")
        assert ("assumed" in number.source) == (number.evidence == "assumed") or "there" in number.source
        assert "memory" not in number.source
    assert drug.population
    assert drug.matrix
    assert drug.citations
    for text in (repr(drug), drug._repr_html_()):
        assert all(p in text for p in (*drug.parameters, *depot))


@pytest.mark.parametrize("name", ["goserelin", "docetaxel"])
def test_a_card_prints_itself(name):
    drug = read_drug(name)
    for text in (repr(drug), drug._repr_html_()):
        assert all(p in text for p in drug.parameters)
        assert "assumed" in text
    assert "<table>" in drug._repr_html_()
    assert "DOI" in repr(drug) or "doi.org" in repr(drug) or "Cockshott" in repr(drug)


def test_a_drug_is_a_frozen_value():
    drug = read_drug("goserelin")
    with pytest.raises(FrozenInstanceError):
        drug.name = "other"
    with pytest.raises(TypeError):
        drug.parameters["clearance"] = 1
    assert read_drug(drug) is drug
    with pytest.raises(RecordError, match="already the set 'male'"):
        read_drug(drug, "female")


def test_a_card_of_ones_own(card):
    path = card()
    drug = read_drug(path)
    assert drug.body == ("injection_site", "one_compartment")
    assert list(drug.parameters) == ["k_absorption", "v_central", "clearance"]
    assert drug.observed == ()
    assert drug.file == "trial.toml"
    assert len(drug.sha256) == 64
    assert "Own study, report 12" in repr(drug)
    assert "a remark &lt;1&gt;" in drug._repr_html_()
    children = read_drug(f"{path}:children")
    assert children.bioavailability == pytest.approx(0.8)
    assert children.assumptions == ()
    assert str(children.observed[0]) == "1 to 2 ng/mL"
    assert str(children.parameters["clearance"]) == "2 L/h (cv 30 %)"
    assert read_drug(str(path), "children") == children


@pytest.mark.parametrize(("old", "new", "said"), [
    ('name = "trial"', "", "name is missing"),
    ('analyte = "trial"', "analyte = 7", "analyte = 7 must be text"),
    ('remarks = ["a remark <1>"]', 'remark = ["x"]', "did you mean remarks"),
    ("default = true", 'default = "yes"', "true or false"),
    ("default = true", "", "no set says default"),
    ('title = "children"', "default = true", "several sets say default"),
    ('body = ["injection_site", "one_compartment"]', "", "body is missing"),
    ('body = ["injection_site", "one_compartment"]', 'body = "one_compartment"', "list of texts"),
    ('body = ["injection_site", "one_compartment"]', 'body = ["one_compartmnt"]', "did you mean one_compartment"),
    ('"one_compartment"]\ncitations', '"two_compartment"]\ncitations', "also needs q_peripheral, v_peripheral"),
    ("v_central = { value = 44.1", "v_centrl = { value = 44.1", "did you mean v_central"),
    ("[sets.adults.parameters]", "[sets.adults.parameter]", "did you mean parameters"),
    ('value = 0.5, unit = "1/h"', "value = 0.5", "k_absorption: unit is missing"),
    ('value = 44.1, sd = 13.6, unit = "L"', 'sd = 13.6, unit = "L"', "v_central: value is missing"),
    ('value = 110.5, unit = "mL/min"', 'value = 110.5, unit = "L"', "clearance: 'L' cannot be turned into 'L/h'"),
    ('value = 110.5, unit = "mL/min"', 'value = 110.5, unit = "furlong"', "not a unit known"),
    ("value = 110.5", "value = -110.5", "value = -110.5 must be a number that is not negative"),
    ("value = 110.5", "value = 0", "clearance = 0 mL/min must be above zero"),
    ("value = 110.5", 'value = "110.5"', "must be a number"),
    ("value = 110.5", "value = true", "must be a number"),
    ("value = 110.5", "value = nan", "must be a number"),
    ("value = 110.5", "vale = 110.5", "did you mean value"),
    ('clearance = { value = 110.5, unit = "mL/min", source = "report 12, table 3", evidence = "measured" }',
     "clearance = 6.63", "tables"),
    ('source = "report 12, table 3", evidence = "measured" }\nv_central', 'evidence = "measured" }\nv_central',
     "source is missing"),
    ('evidence = "measured" }\nv_central', 'evidence = "recalled" }\nv_central', "use read in source or computed"),
    ("sd = 13.6", "cv = 39.9", "looks like per cent; write 0.399"),
    ("sd = 13.6", "sd = 13.6, cv = 0.3", "sd and cv both say how people vary; give the one"),
    ("sd = 13.6", 'omega2 = 0.1, scale = "logit"', "only a share between 0 and 1 varies on the logit scale"),
    ("default = true", 'default = true\nvariability = "lognormal"', "'lognormal' is not possible; use log-normal"),
    ("default = true", 'default = true\ncv_means = "sigma"', "use omega or exact"),
    ("default = true", "default = true\napparent = 1", "true or false"),
    ("default = true\n", SET + CORRELATED.replace("k_absorption", "v_centre"), "did you mean v_central"),
    ("default = true\n", SET + CORRELATED.replace('["k_absorption", "v_central"]', '["k_absorption", "clearance"]'),
     "parameter that varies called 'k_absorption'"),
    ("default = true\n", SET + CORRELATED.replace('["k_absorption", "v_central"]', '["v_central"]'), "two names"),
    ("default = true\n", SET + COVARIATE.replace("power", "hill"), "use power or linear or exponential or factor"),
    ("default = true\n", SET + COVARIATE.replace('"clearance"', '"clearence"'), "did you mean clearance"),
    ("default = true\n", SET + COVARIATE.replace("reference = 70\n", ""), "needs its reference and its unit"),
    ("default = true\n", SET + COVARIATE.replace("reference = 70", "reference = 0"), "= 0 must be above zero"),
    ("default = true\n", SET + COVARIATE.replace('"kg"', '"stone"'), "not a unit known"),
    ("default = true\n", SET + DEPOT.replace('"first_order"', '"first_ordr"'), "did you mean first_order"),
    ("default = true\n", SET + DEPOT.replace('"1/day"', '"day"'), "depot, k: 'day' cannot be turned into '1/day'"),
    ("default = true\n", SET + DEPOT.replace("k = {", "rate = {"), "parameter of first_order called 'rate'"),
    ("default = true\n", SET + RESIDUAL.replace("proportional", "relative"), "residual error called 'relative'"),
    ("default = true\n", SET + RESIDUAL.replace('unit = "1"', 'unit = "h"'), "cannot be turned into '1'"),
    ('citations = ["cockshott2000",', 'citations = ["cockshot2000",', "did you mean cockshott2000"),
    ("low = 1\n", "", "give either value, or low and high"),
    ('sets = ["children"]', 'sets = ["teenagers"]', "no set 'teenagers'"),
    ('unit = "ng/mL"', 'unit = "ng/furlong"', "not a unit known"),
])
def test_a_wrong_card_is_refused_by_file_and_key(card, old, new, said):
    with pytest.raises(RecordError, match=rf"(?s)trial\.toml.*{re.escape(said)}"):
        read_drug(card(old, new), None if "default" in said else "adults")


@pytest.mark.parametrize("share", ["value = 120", "value = 0"])
def test_more_than_all_cannot_arrive(card, share):
    with pytest.raises(RecordError, match="above 0 and up to 1"):
        read_drug(card("value = 80", share), "children")


def test_unknown_names_and_populations():
    with pytest.raises(UnknownName, match="did you mean goserelin"):
        read_drug("gosrelin")
    with pytest.raises(RecordError, match="no population 'child'; known: male, prostate_cancer, female, renal"):
        read_drug("goserelin:child")
    with pytest.raises(RecordError, match="give one"):
        read_drug("goserelin:female", "male")
    with pytest.raises(RecordError, match="cannot be opened"):
        read_drug("no_such_card.toml")


def test_a_card_that_is_not_toml(tmp_path):
    path = tmp_path / "broken.toml"
    path.write_text("name = ")
    with pytest.raises(RecordError, match="not a TOML file"):
        read_drug(path)


def test_a_card_lists_all_its_sets_with_people_and_source():
    text = repr(read_drug("docetaxel"))
    for said in ("-> ozawa_2007", "koolen_2010", "rietveld_2025", "62 Japanese", "36 Dutch", "52 Dutch", "koolen2010"):
        assert said in text


@pytest.mark.parametrize(("name", "why"), [
    ("ceralasertib", "clearance and volume in humans were not found"), ("Lapatinib", "no published population model"),
    ("norcantharidin", "only dogs"), ("IL-12", "no population model"), ("ly01005", "no published human")])
def test_what_was_not_found_says_so_in_one_sentence(name, why):
    with pytest.raises(RecordError, match=f"there is no card of .*{why}.*Nothing was invented"):
        read_drug(name)


def test_numbers_are_ready_for_json():
    drug = read_drug("goserelin")
    json.dumps({name: [p.value, p.unit, p.source] for name, p in drug.parameters.items()})
