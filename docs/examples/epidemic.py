import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="An epidemic, in three equations")


@app.cell(hide_code=True)
def _(mo):
    mo.md(r"""
    # An epidemic, in three equations

    The SIR model divides a population into those who can still be infected ($S$), those who are infected ($I$)
    and those who have recovered ($R$). One infected person passes the disease on to $R_0$ others, when nobody
    is immune yet, and recovers after $d$ days.

    $$
    \dot S = -\frac{R_0}{d} S I \qquad
    \dot I = \frac{R_0}{d} S I - \frac{1}{d} I \qquad
    \dot R = \frac{1}{d} I
    $$
    """)
    return


@app.cell
def parameters(mo):
    contagion = mo.ui.slider(start=0.8, stop=6, step=0.1, value=2.5, label="$R_0$", show_value=True)
    duration = mo.ui.slider(start=2, stop=21, value=8, label="Days ill", show_value=True)
    immune = mo.ui.slider(start=0, stop=90, step=5, value=0, label="Immune at the start, %", show_value=True)
    mo.vstack([contagion, duration, immune])
    return contagion, duration, immune


@app.cell
def _(contagion, duration, immune, simulate):
    course = simulate(contagion.value, duration.value, immune.value / 100)
    peak_day, peak = max(enumerate(day.infected for day in course), key=lambda pair: pair[1])
    ever_ill = course[0].susceptible - course[-1].susceptible
    return course, ever_ill, peak, peak_day


@app.cell(hide_code=True)
def curves(course, mo, peak_day):
    mo.Html(chart(course, peak_day))
    return


@app.cell(hide_code=True)
def _(ever_ill, mo, peak, peak_day):
    mo.hstack(
        [
            mo.stat(f"{peak:.1%}", label="ill at the peak", caption=f"day {peak_day}"),
            mo.stat(f"{ever_ill:.0%}", label="ill at some time"),
        ],
        justify="start",
        gap=2,
    )
    return


@app.cell(hide_code=True)
def protection(contagion, immune, mo):
    _needed = max(0.0, 1 - 1 / contagion.value)
    _enough = immune.value / 100 >= _needed
    mo.callout(
        mo.md(
            f"""With $R_0 = {contagion.value:.1f}$ the disease cannot spread once **{_needed:.0%}** are immune.
            You have set {immune.value}%: {"that is enough." if _enough else "move the slider and see."}"""
        ),
        kind="success" if _enough else "warn",
    )
    return


@app.cell
def _(NamedTuple):
    class Day(NamedTuple):
        susceptible: float
        infected: float
        recovered: float

    def simulate(contagion: float, duration: float, immune: float, days: int = 180) -> list[Day]:
        """Return the shares of the population day by day (Euler's method, 20 steps a day)."""
        infected = 0.001
        susceptible = 1 - immune - infected
        course = [Day(susceptible, infected, immune)]
        step = 1 / 20
        for _ in range(days):
            for _ in range(20):
                new = contagion / duration * susceptible * infected * step
                healed = infected / duration * step
                susceptible, infected = susceptible - new, infected + new - healed
            course.append(Day(susceptible, infected, 1 - susceptible - infected))
        return course

    return (simulate,)


@app.function(hide_code=True)
def chart(course, peak_day):
    """Return an SVG chart with a line for each group."""
    width, height = 720, 300
    colours = {"susceptible": "steelblue", "infected": "crimson", "recovered": "mediumseagreen"}

    def x(day):
        return 48 + (width - 158) * day / (len(course) - 1)

    def y(share):
        return 10 + (height - 40) * (1 - share)

    parts = []
    for share in (0, 0.25, 0.5, 0.75, 1):
        parts.append(f"""
          <line x1="48" x2="{x(len(course) - 1)}" y1="{y(share)}" y2="{y(share)}"
            stroke="currentColor" opacity="0.15" />
          <text x="42" y="{y(share) + 4}" text-anchor="end" opacity="0.65">{share:.0%}</text>
        """)
    for day in range(0, len(course), 30):
        parts.append(f'<text x="{x(day)}" y="{height - 8}" text-anchor="middle" opacity="0.65">{day}</text>')
    parts.append(
        f'<line x1="{x(peak_day)}" x2="{x(peak_day)}" y1="{y(0)}" y2="{y(1)}" '
        f'stroke="{colours["infected"]}" stroke-dasharray="3 4" opacity="0.6" />'
    )
    # Two labels at the right edge may meet: each keeps its distance to the one above.
    below = 0.0
    for name in sorted(colours, key=lambda group: -getattr(course[-1], group)):
        points = " ".join(f"{x(day):.1f},{y(getattr(row, name)):.1f}" for day, row in enumerate(course))
        below = max(y(getattr(course[-1], name)) + 4, below + 16)
        parts.append(f"""
          <polyline points="{points}" fill="none" stroke="{colours[name]}" stroke-width="2.5" />
          <text x="{x(len(course) - 1) + 8}" y="{below}" fill="{colours[name]}">{name}</text>
        """)
    return f"""
    <svg viewBox="0 0 {width} {height}" width="100%" role="img" font-size="13" fill="currentColor"
      font-family="system-ui, sans-serif" aria-label="The three groups, day by day">
      {"".join(parts)}
    </svg>
    """


@app.cell(hide_code=True)
def _():
    from typing import NamedTuple

    import marimo as mo

    return NamedTuple, mo


if __name__ == "__main__":
    app.run()
