"""TOML in; a frozen `core.Line` or every (path, problem, remedy) out."""
