"""Scripts for the Tab key, written from the parser, so that they know what it knows."""

import argparse

_BASH = """\
# Completion of pkmodels for bash, and for zsh through bashcompinit; written by: pkmodels completion {shell}
{before}_pkmodels() {{
    local word="${{COMP_WORDS[COMP_CWORD]}}" before="${{COMP_WORDS[COMP_CWORD-1]}}" verb="${{COMP_WORDS[1]}}" words=""
    if [ "$COMP_CWORD" -eq 1 ]; then
        words="{verbs}"
    else
        case "$verb $before" in
{values}
        *) case "$verb" in
{options}
        esac ;;
        esac
    fi
    COMPREPLY=($(compgen -W "$words" -- "$word"))
}}
complete -o default -F _pkmodels pkmodels
"""


def script(shell):
    """The script of a shell: verbs, options, choices, and the names of what ships.

    Parameters
    ----------
    shell : {"bash", "zsh"}
    """
    from .parser import parser

    top = parser()
    verbs = next(each for each in top._actions if isinstance(each, argparse._SubParsersAction)).choices
    named = _named()
    values = [f'        "show {kind}") words="{" ".join(names)}" ;;' for kind, names in named.items()]
    options = []
    for verb, p in verbs.items():
        free = []
        for action in p._actions:
            names = [name for name in action.option_strings if name.startswith("--")]
            known = list(action.choices or ())
            if not known and names:
                known = named.get(names[0].removeprefix("--"), [])
            if names and known:
                values.append(f'        "{verb} {names[0]}") words="{" ".join(map(_quoted, known))}" ;;')
            free += names or known
            if action.dest in ("data", "source") and verb not in ("events", "invivo"):
                free += named["curve"]
                free += [*named["fit"], *named["scenario"]] if action.dest == "source" else []
        options.append(f'        {verb}) words="{" ".join(map(_quoted, free))}" ;;')
    before = "autoload -U +X bashcompinit && bashcompinit\n" if shell == "zsh" else ""
    return _BASH.format(shell=shell, before=before, verbs=" ".join(verbs), values="\n".join(values),
                        options="\n".join(options)).rstrip()


def _named():
    """The names of what ships, by what `pkmodels show` calls it."""
    from .. import catalogue, shelf

    found = {"model": catalogue.list_models(), "body": catalogue.list_models("body"),
             "effect": catalogue.list_models("effect"),
             "window": tuple(shelf.read_toml(shelf.folder("data") / "windows.toml")),
             "fit": shelf.names("fits", "*.toml"), "curve": shelf.names("data", "curves/*.csv")}
    return found | {kind: shelf.names("data", f"{kind}s/*.toml") for kind in ("drug", "site", "scenario")}


def _quoted(word):
    """A word of more than one word cannot be completed; it is left to be typed."""
    return "" if " " in word else word
