"""How laws are typeset."""


def power_of(text, exp):
    """A text in brackets with its exponent, where it has one."""
    return rf"\left({text}\right)^{{{exp}}}" if exp else text
