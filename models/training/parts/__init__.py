"""Trainers of the parts that policies use beside a frozen model."""
