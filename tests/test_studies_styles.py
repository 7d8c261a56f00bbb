"""Tables as labs write them, put together at random from their habits: what was written is what is read."""

import random

import numpy as np
import openpyxl
import pytest

from pkmodels import read_study

HOURS = {"h": (1, ("h", "hours", "hr", "Std", "heures", "horas", "ore")),
         "min": (1 / 60, ("min", "minutes", "Minuten")),
         "day": (24, ("d", "day", "days", "Tage", "jours", "giorni", "dias")), "week": (168, ("week", "wk", "Wochen"))}
TIMES = ("Time", "time", "t", "Zeit", "Temps", "Tiempo", "Tempo", "Sampling time")
PERCENT = ("% released", "Released (%)", "Cumulative release (%)", "Drug release [%]", "Freisetzung (%)", "% dissolved",
           "Release, %", "Libération (%)", "Liberación (%)", "Rilascio (%)", "Mean release (%)")
NUMBERED = (" {}", " rep {}", " #{}", "_{}", " (n={})")
NAMES = ("F1", "F2", "F3", "PLGA 50:50", "PLGA 75:25", "MS-A", "MS-B", "Batch 12", "RG502H", "Free drug", "Control")
MISSING = ("", "n.d.", "NA", "-", "n/a", "NaN", "---", "<LOQ")
TITLES = ("Batch PLGA-07, 37 C, PBS pH 7.4", "Release study 3", "Dissolution data sheet")
NOTES = ("* n = 3", "Note: sink conditions", "Analyst: AB")


class Written:
    """One table: its rows, and what is to be read from it as (hours, share)."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        some, n = self.random, self.random.randint(4, 11)
        self.times = sorted(some.sample([0, 0.25, 0.5, 1, 1.5, 2, 3, 4, 6, 8, 10, 12, 14, 21, 24, 28, 35, 42, 48], n))
        self.factor, names = HOURS[some.choice(list(HOURS))]
        bracket = some.choice((" ({})", " [{}]", ", {}", "_{}", " / {}"))
        self.time = some.choice(TIMES) + bracket.format(some.choice(names))
        self.digits, self.expected = some.choice((0, 1, 2)), []
        self.rows = some.choice((self.replicates, self.formulations, self.long))()

    def curve(self):
        top, scale = self.random.uniform(40, 98), self.random.uniform(0.1, 0.8) * max(self.times)
        return [round(float(top * -np.expm1(-t / scale)), self.digits) for t in self.times]

    def expect(self, values):
        self.expected += [(t * self.factor, v / 100) for t, v in zip(self.times, values, strict=True)]

    def replicates(self):
        """One curve, or its replicates side by side, perhaps with their mean and a value that is missing."""
        header, curves = self.random.choice(PERCENT), [self.curve() for _ in range(self.random.choice((1, 2, 3, 6)))]
        self.names, extra = 1, len(curves) > 1 and self.random.random() < 0.4
        numbered = self.random.choice(NUMBERED)
        headers = [header] if len(curves) == 1 else [header + numbered.format(k + 1) for k in range(len(curves))]
        rows = [[self.time, *headers, *(("Mean", "SD") if extra else ())]]
        for t, *values in zip(self.times, *curves, strict=True):
            more = (round(float(np.mean(values)), 3), round(float(np.std(values, ddof=1)), 3)) if extra else ()
            rows.append([t, *values, *more])
        for values in curves:
            self.expect(values)
        if self.random.random() < 0.3:
            row, column = self.random.randrange(1, len(rows) - 1), self.random.randint(1, len(curves))
            self.expected.remove((self.times[row - 1] * self.factor, rows[row][column] / 100))
            rows[row][column] = self.random.choice(MISSING)
        return rows

    def formulations(self):
        """Formulations side by side, perhaps each with its standard deviation."""
        chosen = self.random.sample(NAMES, self.random.randint(2, 4))
        unit, spread = self.random.choice((" (%)", " [%]", " % released", "")), self.random.random() < 0.4
        curves, self.names = [self.curve() for _ in chosen], len(chosen)
        for values in curves:
            self.expect(values)
        rows = [[self.time, *(text for name in chosen for text in (name + unit, f"{name} SD")[:1 + spread])]]
        rows += [[t, *(number for v in values for number in (v, 1.5)[:1 + spread])]
                 for t, *values in zip(self.times, *curves, strict=True)]
        return rows

    def long(self):
        """One row per point, formulations and perhaps replicates in columns of their own."""
        chosen = self.random.sample(NAMES, self.random.randint(2, 3))
        count, self.names = self.random.choice((1, 1, 3)), len(chosen)
        rows = [[self.random.choice(("Formulation", "Batch", "Sample")),
                 *([self.random.choice(("Replicate", "Vessel", "Rep"))] if count > 1 else []),
                 self.time, self.random.choice(PERCENT)]]
        for name in chosen:
            for k in range(count):
                values = self.curve()
                self.expect(values)
                rows += [[name, *([k + 1] if count > 1 else []), t, v]
                         for t, v in zip(self.times, values, strict=True)]
        return rows

    def around(self):
        """The rows with a title above them and a note below, or without."""
        above = [[self.random.choice(TITLES)], *([[]] if self.random.random() < 0.5 else [])]
        below = [[], [self.random.choice(NOTES)]]
        return [*(above if self.random.random() < 0.3 else []), *self.rows,
                *(below if self.random.random() < 0.2 else [])]

    def to(self, folder):
        """Written as a workbook or as a text of any kind."""
        if self.random.random() < 0.4:
            book = openpyxl.Workbook()
            for row in self.around():
                book.active.append(row)
            book.save(folder / "lab.xlsx")
            return folder / "lab.xlsx"
        mark = self.random.choice(",;\t")
        comma = mark != "," and self.random.random() < 0.5

        def cell(each):
            text = each if isinstance(each, str) else f"{each:.10g}".replace(".", "," if comma else ".")
            return f'"{text}"' if mark in text else text

        end, encoding = self.random.choice(("\n", "\r\n", "\r")), self.random.choice(("utf-8", "utf-8-sig", "utf-16",
                                                                                      "cp1252"))
        text = end.join(mark.join(map(cell, row)) for row in self.around())
        (folder / "lab.csv").write_bytes(text.encode(encoding))
        return folder / "lab.csv"


@pytest.mark.parametrize("block", range(5))
def test_what_was_written_is_read(tmp_path, block):
    for seed in range(30 * block, 30 * (block + 1)):
        written = Written(seed)
        study = read_study(written.to(tmp_path))
        frame = study.frame.dropna(subset="released")
        found = sorted(zip(frame["time_hour"], frame["released"], strict=True))
        np.testing.assert_allclose(found, sorted(written.expected), rtol=1e-12, atol=1e-12, err_msg=f"seed {seed}")
        assert len(study.formulations) == written.names, f"seed {seed}"
