"""Whether a batch fits into the memory of the machine at all: said before a training starves everything else."""

from __future__ import annotations

from workbench.core.errors import UsageError
from workbench.core.process import physical_memory
from workbench.core.values import bytes_text
from workbench.model.cost import costs, total
from workbench.model.mending import Fix
from workbench.model.problems import Problem
from workbench.project.document import Project, setting


def memory_problems(project: Project) -> list[Problem]:
    """Returns the problem of a batch whose maps alone need more memory than the machine has; none if they fit.

    What a training keeps of a forward pass is about what all nodes give, and its gradients come on top.
    """
    there = physical_memory()
    try:
        size = project.data_config().batch_size
    except UsageError:
        return []  # reported by whoever checks the settings
    each = total(costs(project.graph).values())["memory"]
    if there is None or each * size <= there:
        return []
    fits = max(1, there // (2 * each))
    fits = 1 << (int(fits).bit_length() - 1)  # batches are powers of two
    message = (
        f"A batch of {size:,} needs about {bytes_text(each * size)} for the maps of this network, more than the "
        f"{bytes_text(there)} of this machine."
    )
    if each > there:
        return [Problem("", "", f"{message} Make the pictures smaller, or the network.", bytes_text(each * size))]
    fix = Fix(f"Set data.batch_size to {fits}", setting(project, "data", ("batch_size",), fits))
    return [Problem("", "", message, bytes_text(each * size), f"at most {bytes_text(there)}", (fix,))]
