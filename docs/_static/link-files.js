// What a file of a repository is, as jupyter_reactive/notebooks/ and links/lesson.py tell it. There
// is no parser of Python in a browser: whether the code parses is left to the program.
(() => {
  'use strict';

  const { NoLink } = window.courseLinkAddresses;
  // Comments and strings, in which nothing is code.
  const NO_CODE =
    /#[^\n]*|('''|""")(?:\\[^]|(?!\1)[^\\])*\1|(['"])(?:\\[^]|(?!\2)[^\\\n])*\2/g;
  const IMPORT_OR_APP =
    /^(?:import[ \t]+marimo(?:[ \t]+as[ \t]+(\w+))?[ \t]*(?=[,;\n]|$)|app[ \t]*=[ \t]*(\w+)\.App[ \t]*\()/gm;
  const CELL =
    /^(?:@app\.cell(?:\([^)]*\))?[ \t]*\n(?:async[ \t]+)?def[ \t]+([^\s([]+)|app\._unparsable_cell\([^)]*?\bname[ \t]*=[ \t]*["'](\w*)["'])/gm;
  const MARKDOWN = /^\s*---\s*\n(?:[^\n]*\n)*?marimo-version:/;
  // What git has in place of such a file: https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md
  const LFS = 'version https://git-lfs.github.com/spec/';
  // What Python writes into JSON, and JSON does not know; in a text it may be replaced too, for none
  // is shown.
  const NO_JSON = /-?\b(?:NaN|Infinity)\b/g;

  /** The text of a file. */
  function textOf(bytes, options) {
    return new TextDecoder('utf-8', options)
      .decode(bytes)
      .replace(/\r\n?/g, '\n');
  }

  /** Python without comments, and without strings but the short ones that may be a name. */
  function codeOf(text) {
    return text.replace(NO_CODE, part => {
      if (part.startsWith('#')) {
        return '';
      }
      return /^(['"])\w*\1$/.test(part) ? part : '""';
    });
  }

  /** Whether the top level has `import marimo` and then `app = marimo.App(…)`. */
  function definesApp(text) {
    let alias = null;
    for (const [whole, imported, used] of codeOf(text).matchAll(
      IMPORT_OR_APP
    )) {
      if (whole.startsWith('import')) {
        alias = imported ?? 'marimo';
      } else if (used === alias) {
        return true;
      }
    }
    return false;
  }

  function isReactive(path, bytes) {
    if (path.endsWith('.py')) {
      return definesApp(textOf(bytes));
    }
    return /\.(?:md|qmd)$/.test(path) && MARKDOWN.test(textOf(bytes));
  }

  function parsed(bytes) {
    let text;
    try {
      text = textOf(bytes, { fatal: true });
    } catch {
      throw new NoLink(
        'The file is no text in UTF-8.',
        'Open it in Jupyter and save it again.'
      );
    }
    try {
      return JSON.parse(text);
    } catch {
      try {
        return JSON.parse(text.replace(NO_JSON, 'null'));
      } catch (error) {
        throw new NoLink(
          `The file is no valid JSON: ${error.message}`,
          'Mend that line in a text editor, or take an older copy of the notebook.'
        );
      }
    }
  }

  /** Refuse what Jupyter opens as no notebook. */
  function checkJupyters(bytes) {
    const notebook = parsed(bytes);
    const remedy = 'Convert a file that Jupyter opens as a notebook.';
    const isOne =
      notebook !== null &&
      typeof notebook === 'object' &&
      ('cells' in notebook || 'worksheets' in notebook);
    if (!isOne) {
      throw new NoLink(
        'The file is JSON, but no notebook: it has no cells.',
        remedy
      );
    }
    const cells = notebook.worksheets ?? notebook.cells;
    const isCell = cell =>
      cell !== null && typeof cell === 'object' && !Array.isArray(cell);
    if (!Array.isArray(cells) || !cells.every(isCell)) {
      throw new NoLink(
        'The file is JSON, but no notebook: its cells are no list of cells.',
        remedy
      );
    }
  }

  /**
   * Refuse what is no notebook.
   *
   * @param path - of the file; its ending says what it should be.
   * @param bytes - its content.
   * @throws NoLink, with a `message` and a `remedy`.
   */
  function checkNotebook(path, bytes) {
    if (textOf(bytes.subarray(0, LFS.length)) === LFS) {
      throw new NoLink(
        `“${path}” is kept in git LFS, which most platforms do not ask.`,
        'Keep notebooks in git itself: git lfs untrack, git add, git commit, git push.'
      );
    }
    if (path.endsWith('.ipynb')) {
      checkJupyters(bytes);
    } else if (!isReactive(path, bytes)) {
      throw new NoLink(
        `“${path}” is no notebook.`,
        'Link to a reactive notebook (.py) or one of Jupyter (.ipynb).'
      );
    }
  }

  /** The names of a reactive notebook's cells, in order; none for a file of another kind. */
  function cellNames(path, bytes) {
    if (!path.endsWith('.py')) {
      return [];
    }
    const code = codeOf(textOf(bytes));
    const names = [...code.matchAll(CELL)].map(
      ([, named, unparsable]) => named ?? unparsable
    );
    return [...new Set(names)].filter(
      name => name && !['_', '__'].includes(name)
    );
  }

  window.courseLinkFiles = { cellNames, checkNotebook };
})();
