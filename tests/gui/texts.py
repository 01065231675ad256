"""Every English template in the source, found by reading it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from shopfloor.gui.lang import has_words

SOURCE = Path(__file__).parents[2] / "shopfloor"
SENTENCES = (
    "core/words.py",
    "core/words_refused.py",
    "core/words_andon.py",
)  # tables of templates: every text with a space in it is one
ENGLISH_ONLY = ("flow/",)  # what the command line prints of a sizing
SHOWN = (  # and what the loops page shows, and the Calls page or an A3 sheet
    "flow/sizing/work.py",
    "flow/sizing/compare.py",
    "flow/sizing/formulas.py",
    "flow/andon/effect.py",
    "flow/andon/few.py",
    "flow/andon/isa.py",
    "flow/andon/isa_rules.py",
    "flow/andon/oee.py",
)
_CALLS = {"tr", "Text"}


def templates() -> dict[str, str]:
    """Template -> the file it is in, for all that has something to translate."""
    found: dict[str, str] = {}
    for path in sorted(SOURCE.rglob("*.py")):
        name = path.relative_to(SOURCE).as_posix()
        if name.startswith(ENGLISH_ONLY) and name not in SHOWN:
            continue
        tree = ast.parse(path.read_text("utf-8"))
        for text in (*_called(tree), *(_sentences(tree) if name in SENTENCES else ())):
            if has_words(text):
                found.setdefault(text, name)
    return found


def _called(tree: ast.AST) -> Iterator[str]:
    """Literals that are the first argument of tr(...) or Text(...), also in a conditional expression."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and _name(node.func) in _CALLS:
            for part in ast.walk(node.args[0]):
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    yield part.value


def _sentences(tree: ast.AST) -> Iterator[str]:
    documentation = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        said = node.value if isinstance(node, ast.Constant) and id(node) not in documentation else None
        if isinstance(said, str) and re.search(r"[\w}] \w", said):
            yield said


def _name(func: ast.expr) -> str:
    if isinstance(func, ast.Attribute):
        return func.attr
    return func.id if isinstance(func, ast.Name) else ""
