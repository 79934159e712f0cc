import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="Elementary cellular automata")


@app.cell(hide_code=True)
def _(mo):
    mo.md(r"""
    # Elementary cellular automata

    A row of cells, each on or off. In the next row a cell looks at itself and its two neighbours above: eight
    possible patterns, one answer for each, so $2^8 = 256$ rules. That is the whole world, and some of these
    rules can compute anything.
    """)
    return


@app.cell
def _(mo):
    famous = mo.ui.dropdown(
        options={
            "30: chaos from a single cell": 30,
            "54: crossing waves": 54,
            "90: the Sierpiński triangle": 90,
            "110: can compute anything": 110,
            "184: traffic": 184,
        },
        value="30: chaos from a single cell",
        label="A famous one",
    )
    famous
    return (famous,)


@app.cell
def _(famous, mo):
    rule = mo.ui.slider(start=0, stop=255, value=famous.value, label="Rule", show_value=True, full_width=True)
    start = mo.ui.radio(["one cell", "at random"], value="one cell", label="First row", inline=True)
    mo.vstack([rule, start])
    return rule, start


@app.cell(hide_code=True)
def _(mo, rule, table_of):
    mo.Html(table_of(rule.value))
    return


@app.cell(hide_code=True)
def _(draw, evolve, mo, rule, start):
    mo.Html(draw(evolve(rule.value, start.value)))
    return


@app.cell
def _(random):
    def evolve(rule: int, start: str, width: int = 161, rows: int = 80) -> list[list[int]]:
        """Return the rows of the automaton; the left edge is the neighbour of the right one."""
        if start == "one cell":
            row = [0] * width
            row[width // 2] = 1
        else:
            row = random.Random(1).choices([0, 1], k=width)
        history = [row]
        for _ in range(rows - 1):
            row = [
                rule >> (4 * row[i - 1] + 2 * row[i] + row[(i + 1) % width]) & 1
                for i in range(width)
            ]
            history.append(row)
        return history

    return (evolve,)


@app.cell(hide_code=True)
def _():
    def draw(history: list[list[int]]) -> str:
        """Return the rows as one SVG path: a square for each cell that is on."""
        squares = "".join(
            f"M{x} {y}h1v1h-1z"
            for y, row in enumerate(history)
            for x, cell in enumerate(row)
            if cell
        )
        return f"""
        <svg viewBox="0 0 {len(history[0])} {len(history)}" width="100%" role="img"
          shape-rendering="crispEdges" aria-label="The rows of the automaton, the first on top">
          <path d="{squares}" fill="mediumslateblue" />
        </svg>
        """

    def table_of(rule: int) -> str:
        """Return the rule's eight answers as SVG: three cells above, the new cell below."""
        parts = []
        for place, pattern in enumerate(range(7, -1, -1)):
            cells = [(0, 0, pattern >> 2), (1, 0, pattern >> 1), (2, 0, pattern), (1, 1, rule >> pattern)]
            for x, y, bit in cells:
                parts.append(
                    f'<rect x="{5 * place + x + 0.5}" y="{y + 0.1}" width="0.9" height="0.9" rx="0.12" '
                    f'stroke="currentColor" stroke-width="0.06" '
                    f'fill="{"mediumslateblue" if bit & 1 else "transparent"}" />'
                )
        return f"""
        <svg viewBox="0 0 39.5 2.2" width="100%" style="max-width: 40rem" role="img"
          aria-label="What rule {rule} answers to each of the eight patterns">
          {"".join(parts)}
        </svg>
        """

    return draw, table_of


@app.cell(hide_code=True)
def _():
    import random

    import marimo as mo

    return mo, random


if __name__ == "__main__":
    app.run()
