"""The rules of the house as functions from a text to its violations."""

import ast
import io
import os
import re
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 60

# Qt calls these one-word methods itself; what they do is Qt's contract, not ours.
QT_WORDS = frozenset({"data", "event", "flags", "index", "paint", "parent"})

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Banned:
    """A word, what to use instead, where the rule holds, and the files that may; `raw` looks into strings too."""

    word: str
    instead: str
    where: tuple[str, ...] = ("shopfloor/*",)
    allowed: tuple[str, ...] = ()
    raw: bool = False

    def covers(self, path: str) -> bool:
        """Whether this rule holds for the file."""
        return _matches(path, self.where) and not _matches(path, self.allowed)


_PYTHON = ("shopfloor/*.py", "tests/*.py", "scripts/*.py")
_ALL = ("*",)
_RULES = ("tests/helpers/tidy.py", "tests/test_tidy.py")

BANNED = (
    Banned(
        r"\bQTimer\(|QTimer\.singleShot|\.startTimer\(", "gui.timer.NamedTimer", allowed=("shopfloor/gui/timer.py",)
    ),
    Banned(r"\.exec_?\(", "a sheet in the page (gui.sheet)", allowed=("shopfloor/cli/window.py",)),
    Banned(r"\bQ(Message|Input|File|Color|Font|Progress|Print)?(Box|Dialog)\b", "a sheet in the page (gui.sheet)"),
    Banned(r"\bdatetime\.now\(|\butcnow\(|\.today\(", "the Clock", allowed=("shopfloor/clock.py",)),
    Banned(r"\btime\.(time|time_ns|monotonic|monotonic_ns)\(", "the Clock", allowed=("shopfloor/clock.py",)),
    Banned(r"\btime\.sleep\(|\bQThread\.m?sleep\(", "an Event with a timeout, or Clock.wait", where=_PYTHON),
    Banned(r"\bdb\[", "store.schema: a mistyped name creates a table", allowed=("shopfloor/store/schema.py",)),
    Banned(r"\bqasync\b", "a thread and a queue", where=_PYTHON),
    Banned(r"\bsetStyleSheet\(", "gui.theme and a paintEvent", allowed=("shopfloor/gui/theme.py",)),
    Banned(r"\bSignal\(\s*(int|float|bool|str|dict|list|tuple|bytes)\b", "Signal(object) and one frozen value"),
    Banned(r"(?<![\w.])print\(", "logging, or click.echo in cli", allowed=("shopfloor/cli/*",)),
    Banned(
        r"\b(Magic|Async)?Mock\(|\bmock\.patch\b|\bfrom unittest\b|\bimport unittest\b",
        "the virtual twin in the package",
        where=_PYTHON,
    ),
    Banned(r"\b(TODO|FIXME|XXX)\b", "an issue, or do it now", where=_ALL, allowed=_RULES, raw=True),
    Banned(
        r"(?i)\b(claude|anthropic|openai|chatgpt|copilot|llms?|language models?|sub-?agents?"
        r"|ai[- ](tool|agent|generated)\w*"
        r"|(this|an earlier|the previous|another|coding|work) session)\b",
        "words about the program, not about how it was written",
        where=_ALL,
        allowed=_RULES,
        raw=True,
    ),
    Banned(
        r"\bpypi\.org|\bpythonhosted\.|\b(deb|security|snapshot)\.debian\.|\bpkg\.dev\b|\bnpmjs\.",
        "pip's and apt's own configuration",
        where=_ALL,
        allowed=_RULES,
        raw=True,
    ),
    Banned(
        r"(?<![\w.$}])(/work/|/root/|/home/\w|/opt/(?!shopfloor\b)\w)|\b[A-Z]:\\Users\\",
        "a path relative to the checkout",
        where=_ALL,
        allowed=_RULES,
        raw=True,
    ),
)


def violations(path: str, text: str) -> list[str]:
    """Everything one file does against the rules; `path` is relative to the checkout, with slashes."""
    found = list(_banned_words(path, text))
    if path.endswith(".py"):
        tree = ast.parse(text)
        found += _sizes(path, text, tree)
        found += _swallowed(path, tree)
        if path.startswith("shopfloor/"):
            found += _missing_docstrings(path, tree)
    if path.endswith(".md"):
        found += _one_title(path, text)
    return found


def dead_modules(sources: dict[str, str], *, entries: frozenset[str]) -> list[str]:
    """Modules (path to text) that nobody in the package imports, nor names in a string to run later."""
    names = {_module_name(path): path for path in sources}
    used = set(entries)
    for path, text in sources.items():
        used |= _mentioned(ast.parse(text), own=_module_name(path))
    return sorted(path for name, path in names.items() if name not in used and not path.endswith("__init__.py"))


_LINK = ".git"  # a file in a second work tree of the same clone: git's own, with a path of this machine


def text_files(root: Path) -> Iterator[tuple[str, str]]:
    """Every text file of the checkout that is not made by a tool, as (path, text)."""
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if not _made_by_a_tool(name))
        for name in sorted(set(names) - {_LINK}):
            path = Path(folder, name)
            try:
                yield path.relative_to(root).as_posix(), path.read_text("utf-8")
            except UnicodeDecodeError:
                continue  # a font, a sound, a picture


def _made_by_a_tool(folder: str) -> bool:
    hidden = folder.startswith(".") and folder != ".ci"
    return (
        hidden
        or folder in {"build", "dist", "demo-data", "screens", "screenshots", "__pycache__"}
        or "egg-info" in folder
    )


def _banned_words(path: str, text: str) -> Iterator[str]:
    rules = [rule for rule in BANNED if rule.covers(path)]
    code = _without_strings_and_comments(text) if path.endswith(".py") and any(not rule.raw for rule in rules) else ""
    for rule in rules:
        for number, line in enumerate((text if rule.raw else code).splitlines(), 1):
            if hit := re.search(rule.word, line):
                yield f"{path}:{number}: {hit.group()!r}: use {rule.instead}"


def _without_strings_and_comments(text: str) -> str:
    lines = text.splitlines(keepends=True)
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type in {tokenize.COMMENT, tokenize.STRING} or tokenize.tok_name[token.type] == "FSTRING_MIDDLE":
            (first, start), (last, end) = token.start, token.end
            for row in range(first, last + 1):
                line = lines[row - 1]
                left, right = (start if row == first else 0), (end if row == last else len(line.rstrip("\n")))
                lines[row - 1] = line[:left] + " " * (right - left) + line[right:]
    return "".join(lines)


def _sizes(path: str, text: str, tree: ast.Module) -> Iterator[str]:
    count = len(text.splitlines())
    if count > FILE_LINES_MAX:
        yield f"{path}: {count} lines, expected at most {FILE_LINES_MAX}: split it by idea"
    for node in ast.walk(tree):
        if isinstance(node, Function) and node.end_lineno is not None:
            lines = node.end_lineno - node.lineno + 1
            if lines > FUNCTION_LINES_MAX:
                yield f"{path}:{node.lineno}: {node.name} has {lines} lines, expected at most {FUNCTION_LINES_MAX}"


def _swallowed(path: str, tree: ast.Module) -> Iterator[str]:
    """A handler may catch everything only to pass it on: a bug that is swallowed is found by the plant."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler):
            caught = (
                set() if node.type is None else {name.id for name in ast.walk(node.type) if isinstance(name, ast.Name)}
            )
            broad = node.type is None or caught & {"Exception", "BaseException"}
            last = node.body[-1]
            if broad and not (isinstance(last, ast.Raise) and last.exc is None):
                yield f"{path}:{node.lineno}: an except that catches everything: name the errors you expect"


def _missing_docstrings(path: str, tree: ast.Module) -> Iterator[str]:
    yield from _check_docstring(path, tree, "the module")
    for node in tree.body:
        if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_"):
            yield from _check_docstring(path, node, node.name)
            for method in node.body if isinstance(node, ast.ClassDef) else ():
                if isinstance(method, Function) and _needs_docstring(method):
                    yield from _check_docstring(path, method, f"{node.name}.{method.name}")


def _needs_docstring(method: Function) -> bool:
    decorators = {ast.unparse(decorator).rsplit(".", 1)[-1] for decorator in method.decorator_list}
    qt_override = not method.name.islower() or method.name in QT_WORDS
    declared = "property" in decorators and ast.unparse(method.body[-1]) == "..."  # a field of a Protocol
    hidden = method.name.startswith("_") or qt_override or declared
    return not (hidden or decorators & {"override", "overload", "setter"})


def _check_docstring(path: str, node: Function | ast.ClassDef | ast.Module, name: str) -> Iterator[str]:
    text = ast.get_docstring(node)
    line = getattr(node, "lineno", 1)
    if not text:
        yield f"{path}:{line}: {name} has no docstring: say its contract in one line"
    elif not text.splitlines()[0].endswith((".", ":", "!", "?", ";")):
        yield f"{path}:{line}: the docstring of {name} does not begin with one whole line: {text.splitlines()[0]!r}"


def _one_title(path: str, text: str) -> Iterator[str]:
    outside_code = re.sub(r"(?ms)^```.*?^```", "", text)
    titles = [line for line in outside_code.splitlines() if line.startswith("# ")]
    if len(titles) != 1:
        yield f"{path}: {len(titles)} titles, expected one"


def _module_name(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _mentioned(tree: ast.Module, *, own: str) -> set[str]:
    """Dotted names that a module imports or holds in a string; its own name does not count."""
    names: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Import():
                names |= {alias.name for alias in node.names}
            case ast.ImportFrom(module=str(module)):
                names |= {module, *(f"{module}.{alias.name}" for alias in node.names)}
            case ast.Constant(value=str(word)) if word.startswith("shopfloor."):
                names |= {word, word.split(":")[0]}
            case _:
                pass
    return names - {own}


def _matches(path: str, patterns: Iterable[str]) -> bool:
    return any(fnmatch(path, pattern) for pattern in patterns)
