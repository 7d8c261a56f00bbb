"""Several sentences as one text: attributes that netCDF and Zarr files are to hold must be texts or numbers."""


class Lines(str):
    """A text whose iteration gives its lines; ``Lines.of(sentences)`` joins them.

    netCDF by scipy or netCDF4, and Zarr, hold it as a text. h5netcdf takes plain texts only (``str(value)``).
    """

    __slots__ = ()

    @classmethod
    def of(cls, sentences):
        """The sentences under one another, each on a line of its own."""
        return cls("\n".join(" ".join(str(each).split()) for each in sentences))

    def __iter__(self):
        return iter(self.splitlines())


def storable(value):
    """An attribute as netCDF and Zarr can hold it: texts of a list as `Lines`, everything else as it is."""
    if isinstance(value, (list, tuple)) and not any(isinstance(each, (int, float)) for each in value):
        return Lines.of(value)
    return value


def lines(attributes, name):
    """The lines of an attribute as a list, also of a dataset that was read from a file; empty where there is none."""
    value = attributes.get(name, ())
    return value.splitlines() if isinstance(value, str) else [str(each) for each in value]
