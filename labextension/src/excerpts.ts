import type { Contents } from '@jupyterlab/services';

/** The first line of each cell of a notebook of Jupyter; none where it cannot be read. */
export async function excerptsOf(
  contents: Contents.IManager,
  path: string
): Promise<ReadonlyArray<string>> {
  if (!path.endsWith('.ipynb')) {
    return [];
  }
  try {
    const model = await contents.get(path, { type: 'notebook', content: true });
    const cells: unknown = model.content?.cells;
    return Array.isArray(cells) ? cells.map(firstLine) : [];
  } catch {
    return [];
  }
}

function firstLine(cell: { source?: unknown } | null): string {
  const source = cell?.source;
  const text = Array.isArray(source) ? source.join('') : source;
  return typeof text === 'string'
    ? (text.split('\n').find(line => line.trim()) ?? '')
    : '';
}
