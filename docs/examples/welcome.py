import marimo

__generated_with = "0.25.2"
app = marimo.App(app_title="Welcome")


@app.cell(hide_code=True)
def _(mo):
    mo.md(r"""
    # Welcome

    This notebook is **reactive**: its cells form a graph. Change one, and every cell that depends on it
    follows by itself. There is no "run all", and no old result that you forgot to renew.

    Move the slider.
    """)
    return


@app.cell
def _(mo):
    petals = mo.ui.slider(start=2, stop=12, value=5, label="Petals")
    petals
    return (petals,)


@app.cell(hide_code=True)
def _(draw_rose, mo, petals):
    mo.Html(draw_rose(petals.value))
    return


@app.cell(hide_code=True)
def _(mo, petals):
    mo.md(f"""
    The curve above is $r = \\cos({petals.value}\\,\\theta)$. It has
    **{petals.value if petals.value % 2 else 2 * petals.value} petals**: as many as the slider says when the
    number is odd, twice as many when it is even. This sentence is a cell too, so it is always true.
    """)
    return


@app.cell(hide_code=True)
def _(mo):
    mo.md(r"""
    ## Your turn

    The next cell is ordinary Python. Change `width` and run the cell with **Ctrl+Enter** (**Cmd+Enter** on
    a Mac): the drawing changes with it.
    """)
    return


@app.cell
def _():
    width = 2.5
    colour = "mediumseagreen"
    return colour, width


@app.cell
def _(colour, math, width):
    def draw_rose(petals: int) -> str:
        """Return an SVG image of a rose curve."""
        points = []
        for step in range(721):
            angle = math.tau * step / 720
            radius = 95 * math.cos(petals * angle)
            points.append(f"{radius * math.cos(angle):.2f},{radius * math.sin(angle):.2f}")
        return f"""
        <svg viewBox="-100 -100 200 200" width="320" role="img" aria-label="A rose curve">
          <polyline points="{" ".join(points)}" fill="{colour}" fill-opacity="0.15"
            stroke="{colour}" stroke-width="{width}" stroke-linejoin="round" />
        </svg>
        """

    return (draw_rose,)


@app.cell(hide_code=True)
def _(mo):
    mo.md(r"""
    ## Three things to know

    - **Order is yours.** The cell that draws stands below the cell that shows the drawing. The graph decides
      what runs first, so you may arrange a notebook for its reader.
    - **A name is defined once.** Two cells that both say `width = …` would contradict each other; marimo tells
      you so.
    - **The file is Python.** Open `welcome.py` in any editor, compare versions with git, run it with
      `python welcome.py`.

    Next: `standard_library.py`, `automaton.py` and `epidemic.py`, in the same folder.
    """)
    return


@app.cell(hide_code=True)
def _():
    import math

    import marimo as mo

    return math, mo


if __name__ == "__main__":
    app.run()
