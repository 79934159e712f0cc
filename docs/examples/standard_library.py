import marimo

__generated_with = "0.25.2"
app = marimo.App(app_title="How large is Python's standard library?")


@app.cell(hide_code=True)
def _(mo):
    mo.md(r"""
    # How large is Python's standard library?

    A small exploration that needs no download and no other package: the data are the files of the Python that
    runs this notebook.
    """)
    return


@app.cell
def _(Path, mo, sysconfig):
    folder = Path(sysconfig.get_path("stdlib"))
    ignored = {"site-packages", "dist-packages", "test", "tests", "idle_test", "__pycache__"}

    def files_of(entry):
        """Return the Python files of a module or a package."""
        if entry.suffix == ".py":
            return [entry]
        return [file for file in entry.rglob("*.py") if not ignored & set(file.parts)]

    modules = []
    with mo.status.spinner("Counting lines"):
        for entry in sorted(folder.iterdir()):
            is_package = (entry / "__init__.py").exists()
            if entry.name in ignored or not (entry.suffix == ".py" or is_package):
                continue
            files = files_of(entry)
            modules.append(
                {
                    "module": entry.stem,
                    "files": len(files),
                    "lines": sum(file.read_bytes().count(b"\n") for file in files),
                }
            )
    return (modules,)


@app.cell
def _(mo):
    search = mo.ui.text(placeholder="for example http", label="Name contains")
    count = mo.ui.slider(start=5, stop=25, value=12, label="Show", show_value=True)
    mo.hstack([search, count], justify="start", gap=2)
    return count, search


@app.cell
def _(count, modules, search):
    found = [module for module in modules if search.value.strip().lower() in module["module"]]
    largest = sorted(found, key=lambda module: module["lines"], reverse=True)[: count.value]
    return found, largest


@app.cell(hide_code=True)
def _(found, mo, modules, statistics):
    mo.hstack(
        [
            mo.stat(f"{len(found):,}", label="modules", caption=f"of {len(modules):,}"),
            mo.stat(f"{sum(module['lines'] for module in found):,}", label="lines"),
            mo.stat(
                f"{statistics.median(module['lines'] for module in found):,.0f}" if found else "–",
                label="lines in the middle one",
            ),
        ],
        justify="start",
        gap=2,
    )
    return


@app.cell(hide_code=True)
def _(largest, mo):
    mo.Html(bars(largest)) if largest else mo.md("No module has that in its name.")
    return


@app.cell(hide_code=True)
def _(found, mo):
    mo.ui.table(found, page_size=8, selection=None, label="All of them")
    return


@app.function(hide_code=True)
def bars(rows):
    """Return an SVG bar chart of the lines of each module."""
    top = max(row["lines"] for row in rows)
    lines = []
    for number, row in enumerate(rows):
        y = 24 * number
        length = 420 * row["lines"] / top
        lines.append(f"""
          <text x="132" y="{y + 16}" text-anchor="end">{row["module"]}</text>
          <rect x="140" y="{y + 3}" width="{length:.1f}" height="18" rx="3" fill="steelblue" />
          <text x="{146 + length:.1f}" y="{y + 16}" opacity="0.65">{row["lines"]:,}</text>
        """)
    return f"""
    <svg viewBox="0 0 640 {24 * len(rows)}" width="640" role="img" font-size="13" fill="currentColor"
      font-family="system-ui, sans-serif" aria-label="Lines of code of each module">
      {"".join(lines)}
    </svg>
    """


@app.cell(hide_code=True)
def _():
    import statistics
    import sysconfig
    from pathlib import Path

    import marimo as mo

    return Path, mo, statistics, sysconfig


if __name__ == "__main__":
    app.run()
