"""How it went: questions, the figures that answer them, and their pictures."""
