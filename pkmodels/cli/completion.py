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
    from .. import shelf
    from .parser import parser

    top = parser()
    verbs = next(each for each in top._actions if isinstance(each, argparse._SubParsersAction)).choices
    shipped = {"--drug": ("drugs/*.toml",), "--site": ("sites/*.toml",)}
    values, options = [], []
    for verb, p in verbs.items():
        free = []
        for action in p._actions:
            names = [name for name in action.option_strings if name.startswith("--")]
            known = list(action.choices or ())
            if not known and names and names[0] in shipped:
                known = [name for folder in shipped[names[0]] for name in shelf.names("data", folder)]
            if names and known:
                values.append(f'        "{verb} {names[0]}") words="{" ".join(map(_quoted, known))}" ;;')
            free += names or known
            if action.dest in ("data", "source") and verb not in ("events", "invivo"):
                free += shelf.names("data", "curves/*.csv")
        options.append(f'        {verb}) words="{" ".join(map(_quoted, free))}" ;;')
    before = "autoload -U +X bashcompinit && bashcompinit\n" if shell == "zsh" else ""
    return _BASH.format(shell=shell, before=before, verbs=" ".join(verbs), values="\n".join(values),
                        options="\n".join(options)).rstrip()


def _quoted(word):
    """A word of more than one word cannot be completed; it is left to be typed."""
    return "" if " " in word else word
