"""Course links: one address that brings a student into the lesson, wherever it runs."""
