"""The field's formulas: pure, NumPy allowed."""
