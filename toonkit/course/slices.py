"""What of a notebook's code one expression needs: the statements that bind its names, and theirs."""

from __future__ import annotations

import ast
import builtins
import symtable
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Statement:
    """One top-level statement: the names that it binds, reads when it runs, and reads when its functions are called."""

    code: str
    binds: frozenset[str]
    reads: frozenset[str]
    reads_later: frozenset[str] = field(default_factory=frozenset)


def statements(content: Mapping[str, Any]) -> list[Statement]:
    """The top-level statements of all code cells in order; a cell that is no Python yields one that raises its error.

    Lines of IPython's own (`%...`, `!...`) are left out.
    """
    found = []
    for cell in content["cells"]:
        if cell["cell_type"] == "code":
            lines = "".join(cell["source"]).splitlines()
            found += _of_cell("\n".join("" if line.startswith(("%", "!")) else line for line in lines))
    return found


def _of_cell(source: str) -> list[Statement]:
    try:
        nodes = ast.parse(source).body
    except SyntaxError as error:
        words = f"a cell is no Python ({error.msg}, line {error.lineno}): {source.strip()[:40]!r}"
        named = frozenset(line.split("(")[0][4:].strip() for line in source.splitlines() if line.startswith("def "))
        return [Statement(f"raise SyntaxError({words!r})", named, frozenset())]
    return [_statement(ast.get_source_segment(source, node) or ast.unparse(node), node) for node in nodes]


def _statement(code: str, node: ast.stmt) -> Statement:
    decorators = [f"@{ast.unparse(one)}\n" for one in getattr(node, "decorator_list", ())]
    code = "".join(decorators) + code
    table = symtable.symtable(code, "a statement", "exec")
    symbols = table.get_symbols()
    binds = {one.get_name() for one in symbols if one.is_assigned() or one.is_imported()}
    reads = {one.get_name() for one in symbols if one.is_referenced()}
    if isinstance(node, ast.AugAssign | ast.For | ast.While | ast.If | ast.With):
        reads |= binds  # it may build on what was there
    later = {name for child in table.get_children() for name in _globals(child)}
    return Statement(code, frozenset(binds), frozenset(reads), frozenset(later))


def _globals(table: symtable.SymbolTable) -> set[str]:
    """Names that the body of a function or class takes from outside, bodies inside it included."""
    own = {one.get_name() for one in table.get_symbols() if one.is_global() and one.is_referenced()}
    return own.union(*(_globals(child) for child in table.get_children()))


def needed(found: list[Statement], names: Iterable[str], before: int) -> list[Statement]:
    """Of the first `before` statements those that `names` need when read after them, in order."""
    wanted = [(name, before) for name in names]
    chosen: set[int] = set()
    while wanted:
        name, end = wanted.pop()
        place = next((k for k in reversed(range(end)) if name in found[k].binds), None)
        if place is not None and place not in chosen:
            chosen.add(place)
            wanted += [(other, place) for other in found[place].reads]
            wanted += [(other, before) for other in found[place].reads_later]
    return [found[k] for k in sorted(chosen)]


def evaluated(found: list[Statement], expression: str, before: int) -> Any:
    """The value of `expression` after the first `before` statements, of which only what it needs is run.

    Raises NameError for a name that nothing there binds, and whatever the statements raise.
    """
    tree = ast.parse(expression, mode="eval")
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    bound = frozenset().union(*(one.binds for one in found[:before]))
    missing = sorted(names - bound - set(dir(builtins)))
    if missing:
        raise NameError(f"no cell before its check defines {', '.join(missing)}")
    space: dict[str, Any] = {"__name__": "__exercise__"}
    for one in needed(found, names, before):
        exec(compile(one.code, "<notebook>", "exec"), space)
    return eval(compile(tree, "<notebook>", "eval"), space)
