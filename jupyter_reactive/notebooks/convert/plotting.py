"""The names of pyplot's functions and of the packages around it, by what they do to figures."""

from __future__ import annotations

# Packages whose plots are no figures of Matplotlib's, or that have none.
_WITHOUT_FIGURES = """
    numpy marimo plotly altair bokeh IPython ipywidgets requests bs4 tqdm PIL nltk torch tensorflow
    hvplot holoviews pygal pyecharts folium
"""
_QUIET = """
    rc rcParams rcdefaults rc_context rc_file style get_cmap colormaps cm ion ioff isinteractive
    get_fignums get_figlabels fignum_exists savefig imread imsave set_loglevel switch_backend setp
    getp get get_backend interactive xkcd colors ticker
"""
_NEW_FIGURE = "figure subplots subplot_mosaic matshow"
# What gives Axes a name.
_AXES = "add_subplot add_axes subplots subplot axes gca twinx twiny"
_SEABORN_FIGURES = """
    relplot catplot factorplot displot lmplot jointplot pairplot clustermap FacetGrid PairGrid
    JointGrid
"""
# Of `from pylab import *` and %pylab: those that notebooks draw with.
_PYLAB = """
    figure subplots subplot plot scatter bar barh hist imshow matshow contour contourf pie stem step
    errorbar fill fill_between semilogx semilogy loglog polar quiver title xlabel ylabel xlim ylim
    xticks yticks legend grid axis axes gca gcf text annotate colorbar show close savefig suptitle
    tight_layout boxplot violinplot pcolor pcolormesh specgram psd axhline axvline hlines vlines clf
    cla hist2d hexbin stackplot twinx
"""
# Functions of pyplot and methods of figures and Axes that answer None ...
_PROCEDURES = """
    show close tight_layout grid savefig subplots_adjust draw clf cla sca xscale yscale margins
    minorticks_on minorticks_off tick_params box set_cmap gray viridis hot jet set_xscale set_yscale
    set_aspect set_axis_off set_axis_on invert_xaxis invert_yaxis label_outer set_facecolor
    set_figwidth set_figheight set_size_inches autofmt_xdate
"""
# ... and those whose value marimo shows as the figure that it belongs to.
_PICTURES = """
    plot scatter bar barh fill fill_between fill_betweenx imshow matshow contour contourf pcolormesh
    pcolor quiver title xlabel ylabel suptitle legend text annotate axhline axvline axhspan axvspan
    axline hlines vlines subplot axes gca gcf figure figtext loglog semilogx semilogy step stackplot
    polar spy boxplot violinplot set_title set_xlabel set_ylabel add_patch add_subplot twinx twiny
"""

WITHOUT_FIGURES = frozenset(_WITHOUT_FIGURES.split())
QUIET = frozenset(_QUIET.split())
NEW_FIGURE = frozenset(_NEW_FIGURE.split())
AXES = frozenset(_AXES.split())
SEABORN_FIGURES = frozenset(_SEABORN_FIGURES.split())
PYLAB = frozenset(_PYLAB.split())
PROCEDURES = frozenset(_PROCEDURES.split())
PICTURES = frozenset(_PICTURES.split())
