"""How many cards a loop needs, by the formulas of the field, in exact fractions and with the working shown."""
