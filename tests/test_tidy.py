"""The rules of the house hold for every file of the checkout, and each rule is able to find its violation."""

import re
from pathlib import Path

import pytest

from tests.helpers.tidy import BANNED, FILE_LINES_MAX, FUNCTION_LINES_MAX, dead_modules, text_files, violations

ROOT = Path(__file__).parents[1]
FILES = dict(text_files(ROOT))

# Started by name, not by an import: `python -m shopfloor` and the console script. And the line in software, the twin
# that tests and seeded simulations run on: no command of the program needs it.
ENTRIES = frozenset({"shopfloor.__main__", "shopfloor.link.soft_loop", "shopfloor.link.softnet"})


def test_every_file_is_tidy() -> None:
    assert len(FILES) > 20, f"the checkout was not found at {ROOT}"
    found = [line for path, text in FILES.items() for line in violations(path, text)]
    assert not found, "\n" + "\n".join(found)


def test_every_module_is_used() -> None:
    sources = {path: text for path, text in FILES.items() if re.fullmatch(r"shopfloor/.*\.py", path)}
    assert dead_modules(sources, entries=ENTRIES) == [], "nobody imports these: wire them in or delete them"


def test_every_link_in_a_document_leads_to_a_file() -> None:
    lost = [
        f"{path}: {target}"
        for path, text in FILES.items()
        if path.endswith(".md")
        for target in re.findall(r"\]\((?![a-z]+:)([^)#\s]+)[^)]*\)", text)
        if not (ROOT / path).parent.joinpath(target).exists()
    ]
    assert lost == []


VIOLATIONS = [
    ("shopfloor/gui/page.py", "timer = QTimer(self)", "QTimer("),
    ("shopfloor/gui/page.py", "QTimer.singleShot(0, self.close)", "QTimer.singleShot"),
    ("shopfloor/gui/page.py", "menu.exec()", ".exec("),
    ("shopfloor/gui/page.py", "box = QMessageBox(self)", "QMessageBox"),
    ("shopfloor/gui/page.py", "class Ask(QDialog): ...", "QDialog"),
    ("shopfloor/core/a.py", "try:\n    x\nexcept:\n    pass", "catches everything"),
    ("tests/core/test_a.py", "try:\n    x\nexcept Exception:\n    pass", "catches everything"),
    ("scripts/a.py", "try:\n    x\nexcept (Exception, OSError):\n    pass", "catches everything"),
    ("shopfloor/engine/a.py", "at = datetime.now(UTC)", "datetime.now("),
    ("shopfloor/engine/a.py", "at = datetime.utcnow()", "utcnow("),
    ("shopfloor/engine/a.py", "at = time.time()", "time.time("),
    ("shopfloor/engine/a.py", "at = time.monotonic_ns()", "time.monotonic_ns("),
    ("tests/engine/test_a.py", "time.sleep(1)", "time.sleep("),
    ("shopfloor/store/journal.py", 'db["evnt"].insert({})', "db["),
    ("shopfloor/link/a.py", "import qasync", "qasync"),
    ("shopfloor/gui/page.py", 'self.setStyleSheet("")', "setStyleSheet("),
    ("shopfloor/gui/page.py", "changed = Signal(int)", "Signal(int"),
    ("shopfloor/gui/page.py", "changed = Signal(str, object)", "Signal(str"),
    ("shopfloor/engine/a.py", "print(1)", "print("),
    ("tests/engine/test_a.py", "engine = MagicMock()", "MagicMock("),
    ("tests/engine/test_a.py", "from unittest import mock", "from unittest"),
    ("docs/a.md", "# A\nTODO: write", "TODO"),
    ("shopfloor/core/a.py", "x = 1  # FIXME later", "FIXME"),
    ("README.md", "# A\nWritten by an LLM.", "LLM"),
    ("CHANGELOG.md", "# A\nAs the previous session left it", "the previous session"),
    ("scripts/a.py", 'HOST = "https://pypi.org/simple"', "pypi.org"),
    ("docs/a.md", "# A\nsee http://deb.debian.org/debian", "deb.debian."),
    ("resources/a.service", "ExecStart=/opt/sfvenv/bin/python", "/opt/s"),
    ("tests/test_a.py", 'ROOT = "/work/main"', "/work/"),
    ("docs/a.md", "# A\n# B", "2 titles"),
    ("shopfloor/core/a.py", "x = 1", "the module has no docstring"),
    ("shopfloor/core/a.py", '"""A."""\nclass B:\n    x = 1', "B has no docstring"),
    ("shopfloor/core/a.py", '"""A."""\nclass B:\n    """B."""\n    def c(self): ...', "B.c has no docstring"),
    ("shopfloor/core/a.py", '"""A thing that\ngoes on."""', "one whole line"),
    ("shopfloor/core/a.py", '"""A."""\n' * (FILE_LINES_MAX + 1), "401 lines"),
    ("tests/test_a.py", "def f():\n" + "    x = 1\n" * FUNCTION_LINES_MAX, "f has 61 lines"),
]


@pytest.mark.parametrize(("path", "text", "words"), VIOLATIONS)
def test_each_rule_finds_its_violation(path: str, text: str, words: str) -> None:
    assert any(words in line for line in violations(path, text))


def test_each_banned_word_has_its_example() -> None:
    for rule in BANNED:
        assert any(rule.covers(path) and re.search(rule.word, text) for path, text, _ in VIOLATIONS), rule.word


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (
            "shopfloor/core/a.py",
            '"""Never print(x), never time.sleep(1)."""\nX = "QTimer("  # not datetime.now() either',
        ),
        ("shopfloor/core/a.py", '"""A."""\ndef f():\n    """F."""\n    return fingerprint(blueprint(1))'),
        ("tests/a.py", "try:\n    x\nexcept BaseException:\n    roll_back()\n    raise"),
        ("shopfloor/gui/timer.py", '"""A."""\nx = QTimer()'),
        ("shopfloor/gui/a.py", '"""A."""\nclass W(QWidget):\n    """W."""\n    def paintEvent(self, event): ...'),
        ("shopfloor/a.py", '"""A."""\nclass P(Protocol):\n    """P."""\n    @property\n    def at(self) -> int: ...'),
        ("shopfloor/gui/a.py", '"""A."""\nchanged = Signal(object)\nasked = Signal()'),
        ("shopfloor/link/session.py", '"""One session with the server."""'),
        ("resources/a.service", "ExecStart=/opt/shopfloor/.venv/bin/python"),
        ("docs/a.md", "# A\n```\n# a comment in a shell\n```"),
        ("tests/test_a.py", "print(1)\nat = time.monotonic()"),
        ("tests/test_a.py", "def f():\n" + "    x = 1\n" * (FUNCTION_LINES_MAX - 1)),
    ],
)
def test_what_is_allowed_is_not_found(path: str, text: str) -> None:
    assert violations(path, text) == []


def test_a_module_that_nobody_imports_is_dead() -> None:
    sources = {
        "shopfloor/__init__.py": "",
        "shopfloor/__main__.py": "from shopfloor import app",
        "shopfloor/app.py": "def f():\n    from shopfloor.core.line import Line",
        "shopfloor/core/line.py": "",
        "shopfloor/core/worker.py": "",
        "shopfloor/core/lonely.py": "import shopfloor.core.lonely",
        "shopfloor/cli/root.py": "RUN = 'shopfloor.core.worker:main'",
    }
    assert dead_modules(sources, entries=ENTRIES) == ["shopfloor/cli/root.py", "shopfloor/core/lonely.py"]
