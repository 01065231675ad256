"""Rows for other programs: CSV, XLSX and JSONL out, CSV in."""
