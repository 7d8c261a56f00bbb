"""The account of a study: what was understood, as text and as HTML."""

import html

from .. import units
from .checks import condition_columns

_SHOWN = 5
_FORMULATIONS = 12


def text(study):
    """The account as lines of text."""
    lines = [f"Study of {study.source or 'a table'}: {_size(study)}"]
    lines += [f"  {line}" for line in _curves(study)]
    for title, entries in _lists(study):
        lines.append(f"  {title}")
        lines += [f"    - {entry}" for entry in entries]
    return "\n".join(lines)


def as_html(study):
    """The account as HTML; all text of the file is escaped."""
    parts = [f"<p><b>{html.escape(study.source or 'a table')}</b>: {html.escape(_size(study))}</p><ul>"]
    parts += [f"<li>{html.escape(line)}</li>" for line in _curves(study)]
    parts.append("</ul>")
    for title, entries in _lists(study):
        items = "".join(f"<li>{html.escape(entry)}</li>" for entry in entries)
        parts.append(f"<p>{html.escape(title)}</p><ul>{items}</ul>")
    return "".join(parts)


def _size(study):
    number = len(study.formulations)
    return f"{number} formulation{'s' * (number != 1)}, {len(study)} points, {_range(study.times, study.time_unit)}"


def _range(hours, unit):
    first, last = (units.outside(each, unit) for each in (hours.min(), hours.max()))
    return f"{first:.4g} to {last:.4g} {unit}"


def _curves(study):
    lines = []
    for name, part in list(study.frame.groupby("formulation", sort=False))[:_FORMULATIONS]:
        replicates = [each for each in part["replicate"].unique() if each]
        of = f", replicates {', '.join(replicates)}" if replicates else ""
        for condition in condition_columns(part):
            cells = part[condition].dropna().unique()
            shown = " and ".join(f"{each:g}" if isinstance(each, float) else str(each) for each in cells)
            of += f", {condition} {shown}" if shown else ""
        of += ", with standard deviations" if part["sd"].notna().any() else ""
        last = part["released"][part["time_hour"] == part["time_hour"].max()].mean()
        lines.append(f"{name or '(no name)'}: {len(part)} points{of}, "
                     f"{_range(part['time_hour'], study.time_unit)}, last {100 * last:.4g} %")
    more = len(study.formulations) - _FORMULATIONS
    return lines + ([f"and {more} more formulations"] if more > 0 else [])


def _lists(study):
    for title, entries in (("conditions", [f"{k}: {value}" for k, value in study.conditions.items()]),
                           ("read as", study.notes), ("warnings", study.warnings), ("set aside", study.set_aside)):
        if entries:
            more = [f"and {len(entries) - _SHOWN} more"] if len(entries) > _SHOWN and title == "set aside" else []
            yield title, [*(entries[:_SHOWN] if more else entries), *more]
