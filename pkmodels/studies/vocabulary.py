"""Words of headers in English, German, French, Spanish, Italian and Portuguese, and the units they may state."""

import re

from .. import units
from ..errors import UnitError

TIME = {
    "min": {"min", "mins", "minute", "minutes", "minuten", "minuto", "minutos", "minuti"},
    "h": {"h", "hr", "hrs", "hour", "hours", "std", "stunde", "stunden", "heure", "heures", "hora", "horas", "ora",
          "ore"},
    "day": {"d", "day", "days", "tag", "tage", "tagen", "jour", "jours", "j", "día", "días", "dia", "dias", "giorno",
            "giorni"},
    "week": {"w", "wk", "wks", "week", "weeks", "woche", "wochen", "semaine", "semaines", "semana", "semanas",
             "settimana", "settimane"},
    "second": {"s", "sec", "secs", "second", "seconds", "sekunde", "sekunden"},
    "month": {"mo", "month", "months", "monat", "monate"},
    "year": {"y", "yr", "year", "years", "jahr", "jahre"},
}
PERCENT = {"%", "percent", "pct", "prozent", "percentage"}
FRACTION = {"fraction", "share", "anteil"}
IN_WORDS = {"min": "minutes", "h": "hours", "day": "days", "week": "weeks", "percent": "per cent",
            "fraction": "fractions of the dose"}

TIME_WORDS = {"time", "times", "timepoint", "zeit", "zeiten", "zeitpunkt", "probenzeit", "entnahmezeit",
              "temps", "tiempo", "tiempos", "tempo", "tempi", "tempos"}
#: What may stand beside a unit that is the whole header of a time column: "No. of days", "Incubation (days)".
ABOUT_TIME = {"no", "nr", "number", "of", "in", "after", "elapsed", "incubation", "anzahl", "der"}
#: Of a time column that does not hold times as they passed.
TRANSFORMED = {"log", "log10", "ln", "lg", "sqrt", "root"}
RELEASED = {"released", "release", "cumulative", "cum", "cumul", "dissolved", "dissolution", "eluted", "elution",
            "cdr", "rel", "fdiss",
            "kumulativ", "kumulative", "kumuliert", "kumulierte", "freigesetzt", "freigesetzte", "freigabe",
            "value", "values", "wert", "werte",
            "libération", "liberation", "libéré", "libérée", "cumulé", "cumulée", "dissous", "dissoute",
            "liberación", "liberacion", "liberado", "liberada", "acumulado", "acumulada", "disuelto", "disuelta",
            "rilascio", "rilasciato", "cumulativo", "cumulativa", "disciolto", "disciolta",
            "liberação", "dissolvido", "dissolvida"}
MEAN = {"mean", "average", "avg", "mittelwert", "moyenne", "promedio", "media", "média", "medio"}
SPREAD = {"sd", "std", "stdev", "stddev", "stabw", "standardabweichung", "deviation", "écart", "ecart", "desviación",
          "desviacion", "deviazione", "desvio", "desvío"}
#: A header that is nothing else, not even a unit: "de" within a longer one is "of", "DE (%)" a name.
SPREAD_ALONE = {"±", "+/-", "+-", "σ", "de", "ds", "dp", "et", "dev. st", "d.e", "d.s"}
#: Words beside those of a spread that name no curve: "standard deviation", "écart type", "rel. SD".
OF_SPREAD = {"standard", "type", "error", "rel", "relative", "relativa", "relativo", "estándar", "estandar", "padrão",
             "padrao"}
STANDARD_ERROR = {"sem", "se", "stderr", "standardfehler"}
#: A standard deviation in per cent of its mean.
RELATIVE_SPREAD = {"rsd", "cv", "cov", "vk", "vark", "dpr", "der", "variationskoeffizient"}
_NUMBERED = MEAN | SPREAD | STANDARD_ERROR | RELATIVE_SPREAD
COUNT = {"n", "count", "anzahl"}
CONCENTRATION = {"concentration", "conc", "konzentration", "konz", "concentración", "concentrazione", "concentração"}
#: With a concentration, what was measured in a body and not in a vessel.
BODY = {"plasma", "serum", "blood", "blut", "sangre", "sang"}
REMAINING = {"remaining", "retained", "residual", "unreleased", "undissolved", "entrapped", "left", "verbleibend",
             "verblieben"}
RATE = {"rate", "interval", "increment", "incremental", "noncumulative", "differential", "daily"}
#: What an instrument shows before anything is calculated from it.
SIGNAL = {"absorbance", "absorption", "area", "peak", "signal", "extinktion", "fluorescence", "intensity", "abs", "mau",
          "od"}
DILUTION = {"dilution", "verdünnung", "verdünnungsfaktor", "dilución", "diluizione", "diluição"}
OTHER = SIGNAL | DILUTION | {"weight", "mass", "volume", "masse", "factor", "wavelength", "slope", "intercept",
         "volumen", "gewicht", "comment", "comments", "note", "notes", "remark", "bemerkung", "kommentar", "operator",
         "date", "datum", "variance", "var", "error",
         # statistics of the released share, and per cents of something else
         "max", "minimum", "maximum", "minimo", "máximo", "mínimo", "massimo", "range", "median", "ci", "limit",
         "spec", "specification", "predicted", "fitted", "calculated", "simulated", "theoretical", "difference", "diff",
         "swelling", "uptake", "hydration", "moisture", "humidity", "degradation", "degraded", "erosion", "eroded",
         "viability", "hemolysis", "haemolysis", "purity", "impurity", "impurities", "recovery", "assay",
         "encapsulation", "efficiency", "transmittance", "conversion", "adsorbed"}
#: What holds no drug; "control" may be the free drug and is not one of these.
BLANK = {"placebo", "placebos", "blank", "blanks", "leerwert", "leerwerte", "leerprobe", "blindwert", "blindprobe",
         "blanc", "blanco", "bianco", "branco"}
#: Words and signs of a name from which a blank was only taken away: "blank-corrected", "F1 - blank".
WITHOUT_BLANK = re.compile(r"correct|subtract|controlled|korrigiert|bereinigt|corrig|minus|without|less\b|\s[-–]\s",
                           re.IGNORECASE)
CONDITION = {"ph", "temperature", "temp", "temperatur", "medium", "buffer", "puffer", "agitation", "rpm", "light",
             "nir", "enzyme", "salt", "ionic", "surfactant", "h2o2", "gsh", "glutathione", "polymer", "drug", "carrier",
             "wirkstoff", "condition", "apparatus", "method", "size", "loading", "strength"}
CONDITION_DETAIL = {"of", "the", "type", "name", "speed", "ratio", "concentration", "mw", "c", "°c", "degc", "um", "nm",
                    "mm", "kda", "media", "release"}
DRUG = {"drug", "wirkstoff"}
FORMULATION = {"formulation", "formulations", "formulierung", "batch", "charge", "lot", "curve", "group", "product",
               "name"}
#: What numbers replicates, or names formulations.
SAMPLE = {"sample", "probe", "muestra", "campione", "échantillon", "echantillon", "amostra"}
REPLICATE = SAMPLE | {
    "rep", "repl", "replicate", "replikat", "repeat", "wiederholung", "flask", "vessel", "unit", "vial", "run",
    "kolben", "gefäß", "tube", "no", "nr", "tab", "tablet", "tablette", "capsule", "kapsel", "comprimé", "comprimido",
    "compressa", "vaso", "channel"}
#: Words of a column that numbers the rows: "S.No.", "Sr. No.", "Unnamed: 0".
NUMBERING = {"s", "sr", "sl", "serial", "no", "nr", "s.no", "sr.no", "sl.no", "lfd", "lfd.nr", "index", "row",
             "unnamed", "number", "obs", "0", "#"}
FILLER = {"of", "the", "drug", "dose", "in", "vitro", "standard", "total", "from", "wirkstoff", "data", "profile",
          "per", "cent", "at", "médicament", "fármaco", "farmaco"}
#: "Of" and "the" in other languages; in capitals they are a name, such as LA for lactic acid.
ARTICLES = {"de", "du", "la", "del", "di", "da", "do"}
#: Units of what is no share of the dose, with a denominator or without: ug/mg, mg g-1, ppm, a.u.
_QUANTITY = r"(?:[kmunpµμ]?(?:g|mol|iu)|m?u|ppm|ppb|permille|‰|a\.?u\.?|mau|rfu|counts?|cps)"
_PER = r"(?:[kmunpdµμ]?(?:g|mol|iu|l)|u|(?:[cmd]?m)[23³]?)"
_FOREIGN = re.compile(rf"{_QUANTITY}(?:\s*/\s*\d*\s*{_PER}|[\s·*]*{_PER}\s*(?:\^?-1|⁻¹))?", re.IGNORECASE)
_PHYSICAL = re.compile(r"[A-Za-zµμ°]+(?:/[A-Za-zµμ]+)?")


#: Mt/M∞, Mt/Minf, Mt / M infinity: the share of what comes out in the end, not of the dose.
RELATIVE = re.compile(r"\bM_?\s?t\s*/\s*M[\s_(]*(?:∞|inf\b|infinity|infty|\bmax)\)?", re.IGNORECASE)


def apart(header):
    """A header with the number of a mean or spread apart from its word: "SD1" is "SD 1"."""
    return re.sub(r"[^\W\d_]+(?=\d)", lambda match: match[0] + " " * (match[0].lower() in _NUMBERED), header)


def words(text):
    """The words of a header in lower case, per cent signs apart."""
    text = text.lower().replace("%", " % ").replace("s.d.", "sd").replace("s.e.m.", "sem")
    return [word.strip(".:;*'\"±()[]") for word in re.split(r"[\s_\-/,]+", text) if word.strip(".:;*'\"±()[]")]


def time_unit(text):
    """The unit of time that a word names, such as "day" for "Tage"; empty for other words."""
    plain = text.strip().strip(".").lower()
    return next((unit for unit, names in TIME.items() if plain in names), "")


def lone_time_unit(text):
    """The unit of time that a header states and nothing else: "Days", "No. of days"; empty for other texts."""
    found = set(words(text)) - ABOUT_TIME
    word = found.pop() if len(found) == 1 else ""
    # "S" and "Y" are names of something else.
    return time_unit(word) if len(word) > 1 or (word in ("d", "h", "w", "j") and len(words(text)) == 1) else ""


def released_unit(text):
    """Whether a text names "percent", "fraction" or, for % per time, "rate"; empty for other texts."""
    found = words(text.replace("per cent", "percent"))
    if not found or set(found) & (SPREAD | STANDARD_ERROR | OTHER):
        return "fraction" if text.strip() in ("-", "1") else ""
    if found[0] in PERCENT:
        rate = re.search(r"(/|\bper\b)\s*(\w+)\s*$", text.lower())
        by_weight = re.search(r"\bw\s*/\s*w\s*$", text.lower())
        return "rate" if rate and time_unit(rate[2]) and not by_weight else "percent"
    return "fraction" if found[0] in FRACTION else ""


def physical_unit(text):
    """A mass, volume, concentration or temperature unit as pint reads it; empty for other texts."""
    text = text.strip().replace("_per_", "/").replace("mcg", "ug").replace(" ", "")
    if not _PHYSICAL.fullmatch(text):
        return ""
    try:
        return text if units.dimension(text) else ""
    except UnitError:
        return ""


def foreign_unit(header):
    """A unit in a header that is none of a share, such as ``ug/mg`` or ``a.u.``; empty where there is none.

    In brackets, or as a word of its own that no number stands before: "5 mg" is the name of a product.
    """
    for match in re.finditer(r"[(\[]([^()\[\]]*)[)\]]", header):
        if _FOREIGN.fullmatch(match[1].strip()):
            return match[1].strip()
    parts = re.split(r"[\s_,;]+", header.strip())
    for before, part in zip(["", *parts], parts, strict=False):
        if (len(part) > 1 or part == "‰") and _FOREIGN.fullmatch(part) and not re.fullmatch(r"[\d.]+", before):
            return part
    return ""


def is_blank(name):
    """Whether a name is that of a blank or placebo, with a number or more words, and not what one was taken from."""
    return bool(set(words(re.sub(r"\d+", " ", name))) & BLANK) and not WITHOUT_BLANK.search(name)


def unit(text):
    """The unit that a text is, in brackets or not, in this package's spelling; empty where it is none."""
    text = text.strip(" ()[]")
    return time_unit(text) or released_unit(text) or physical_unit(text)


def split_unit(header):
    """A header as (name, unit): ``"Zeit [min]"`` gives ``("Zeit", "min")``, ``"time_day"`` ``("time", "day")``."""
    for match in re.finditer(r"[(\[]([^()\[\]]*)[)\]]", header):
        if unit(match[1]):
            return _squeeze(header[:match.start()] + " " + header[match.end():]), unit(match[1])
    for separator in (r"\s*,\s*(?=[^,]*$)", r"\s*/\s*(?=[^/]*$)", r"\s+in\s+"):
        parts = re.split(separator, header, maxsplit=1)
        if len(parts) == 2 and parts[0] and unit(parts[1]):
            number = re.search(r"[\s_](\w+\s*)?#?\d+$", parts[1])  # "Release, % 1" is the first one
            return _squeeze(parts[0] + (number[0] if number else "")), unit(parts[1])
    return _trailing_unit(_squeeze(header.replace("_per_", "/")))


def _trailing_unit(header):
    """Units without a bracket: only behind a word that asks for them, and %, percent or fraction anywhere."""
    parts = re.split(r"[\s_]+", header)
    first, last = " ".join(parts[:-1]), parts[-1]
    asked = set(words(first))
    if time_unit(last) and (asked & TIME_WORDS or asked == {"t"}):
        return first, time_unit(last)
    if asked & CONCENTRATION:
        for name, text in ((first, last), (" ".join(parts[:-2]), "/".join(parts[-2:]))):
            if name and physical_unit(text):
                return name, physical_unit(text)
    if asked & {"temperature", "temp", "temperatur"} and last.strip("°").lower() in ("c", "degc", "k"):
        return first, "K" if last.lower() == "k" else "degC"
    parts = re.split(r"[\s_]+", header.replace("%", " % ").replace("per cent", "percent").strip())
    for kind, names in (("percent", PERCENT), ("fraction", FRACTION)):
        kept = [part for part in parts if part.lower().strip(".") not in names]
        if len(kept) < len(parts):
            return " ".join(kept), kind
    return " ".join(parts) if set(words(header)) & (RELEASED | MEAN) else header, ""


def _squeeze(text):
    return re.sub(r"\s+", " ", text).strip(" ,;:")
