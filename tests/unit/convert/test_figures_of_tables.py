"""Plots of pandas and seaborn: they show in marimo as often as in Jupyter."""

from __future__ import annotations

import pytest
from both import in_both
from worlds import Seen, Worlds, differences

HEAD = """\
import matplotlib.pyplot as plt
import pandas as pd
import seaborn as sns

df = pd.DataFrame({'a': range(8), 'b': [x * x for x in range(8)], 'c': list('xyxyxyxy')})
numbers = df[['a', 'b']]

class Plotter:
    def plot(self):
        df.plot()
"""
CASES = {
    "frame": "df.plot()",
    "column": "df['a'].plot(kind='bar', title='a')",
    "silenced": "df.plot(x='a', y='b', kind='scatter');",
    "histograms": "df.hist()",
    "histograms-laid-out": "df.hist()\nplt.tight_layout()",
    "box-plot-by": "df.boxplot(column='b', by='c')",
    "several": "numbers.plot(subplots=True)",
    "grouped": "df.groupby('c').plot(y='b')",
    "grouped-column": "df.groupby('c')['b'].plot()",
    "grouped-named": ("groups = df.groupby('c')", "groups.plot(y='b')"),
    "aggregated": "df.groupby('c')['b'].mean().plot.barh()",
    "chain": "(df\n .assign(d=1)\n .plot(y='d'))",
    "on-axes": "_, ax_frame = plt.subplots()\ndf.plot(ax=ax_frame)",
    "scatter-matrix": "pd.plotting.scatter_matrix(numbers)",
    "method-named-as-one-of-axes": "ax_method = plt.figure().add_axes([0, 0, 1, 1])\n"
    "ax_method.plot([1, 2])",
    "method-that-draws": "Plotter().plot()",
    "list-of-labels": "plt.clabel(plt.contour([[1, 2], [3, 4]]))",
    "stem": "plt.stem([1, 2])",
    "seaborn": "sns.scatterplot(x='a', y='b', data=df)",
    "seaborn-silenced": "sns.histplot(df['a']);",
    "seaborn-titled": "ax_sns = sns.boxplot(x='c', y='b', data=df)\nax_sns.set_xlabel('x')",
    "seaborn-on-axes": "_, ax_two = plt.subplots(1, 2)\n"
    "sns.countplot(x='c', data=df, ax=ax_two[0])\n"
    "sns.barplot(x='c', y='b', data=df, ax=ax_two[1])",
    "seaborn-grid": "sns.FacetGrid(df, col='c').map(plt.hist, 'a')",
    "seaborn-of-a-figure": "sns.catplot(x='c', y='b', data=df)",
    "seaborn-assigned": "grid_assigned = sns.relplot(x='a', y='b', data=df)",
    "seaborn-settings": "sns.set_theme()",
}


@pytest.fixture(scope="module")
def shown(worlds: Worlds) -> dict[str, tuple[Seen, Seen]]:
    return in_both(worlds, CASES, HEAD)


@pytest.mark.parametrize("name", CASES)
def test_shows_as_many_figures(shown: dict[str, tuple[Seen, Seen]], name: str):
    old, new = shown[name]
    assert [found for found in differences(old, new) if found.what != "stderr"] == []
    assert old.figures or name == "seaborn-settings"
