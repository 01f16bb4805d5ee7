"""The table of layers for papers."""

from __future__ import annotations

from workbench.model.exports.base_table import TableExporter
from workbench.model.exports.spec import exporter
from workbench.model.layer_table import NUMBERS_FROM

ESCAPES = {
    "\\": r"\textbackslash{}", "_": r"\_", "&": r"\&", "%": r"\%", "#": r"\#", "$": r"\$", "{": r"\{", "}": r"\}",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "×": r"$\times$", "–": "--",
}  # fmt: skip


@exporter(name="latex", title="Table of layers (LaTeX)", suffix=".tex")
class Latex(TableExporter):
    """Writes the table of layers for a paper, with the rules of the package booktabs."""

    @classmethod
    def text(cls, headings: tuple[str, ...], rows: list[list[str]], last: list[str]) -> str:
        columns = "".join("l" if number < NUMBERS_FROM else "r" for number in range(len(headings)))
        body = [_line(headings), r"\midrule", *map(_line, rows), r"\midrule", _line(last)]
        lines = [rf"\begin{{tabular}}{{{columns}}}", r"\toprule", *body, r"\bottomrule", r"\end{tabular}"]
        return "\n".join(["% needs \\usepackage{booktabs}", *lines, ""])


def _line(cells: tuple[str, ...] | list[str]) -> str:
    return " & ".join("".join(ESCAPES.get(each, each) for each in cell) for cell in cells) + r" \\"
