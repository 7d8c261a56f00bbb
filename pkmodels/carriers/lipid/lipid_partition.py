"""Drug that partitions between lipid and the water inside a carrier, and leaks from the water."""

from sympy import oo, symbols

from ...model import Also, Flow, Model, Parameter

lipid, water, released = symbols("lipid water released")
partition, k_exchange, k_leak = symbols("partition k_exchange k_leak")

MODEL = Model(
    name="lipid_partition",
    title="Partition between lipid and inner water, and leak",
    start={lipid: partition / (1 + partition), water: 1 / (1 + partition), released: 0},
    flows=(
        Flow(lipid, water, k_exchange * lipid),
        Flow(water, lipid, partition * k_exchange * water),
        Flow(water, released, k_leak * water),
    ),
    observed=released,
    parameters=(
        Parameter(partition, 5.0, "1", (0.001, 1e6), "amount in lipid over amount in water at rest", scale="log"),
        Parameter(k_exchange, 0.5, "1/h", (0, oo), "rate out of the lipid", scale="log"),
        Parameter(k_leak, 1.0, "1/h", (0, oo), "rate at which drug in the water leaks out", scale="log"),
    ),
    also=(Also("k_slow", k_leak / (1 + partition), "1/h", "rate of release when exchange is quick"),),
    references=("feng2025",),
    remarks="It begins at rest: both places hold their share. With quick exchange it is first_order, and partition and "
            "k_leak cannot be told apart. The review names the carrier; the equations are this project's.",
)
