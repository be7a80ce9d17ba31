"""The parts of ag.check_formula: calling the formula, trying other points, the vote of three, the report."""
