"""Reports: one module per format, each with a `render(report, …) -> str`.

A renderer knows nothing of the machine, and prints nothing: it returns the text.
"""
