import type { JupyterFrontEnd } from '@jupyterlab/application';

/** How long to leave network and processors to JupyterLab's own start, in milliseconds. */
const DELAY = 2000;

/** Wait until the front end is ready and has nothing to do. */
export async function whenIdle(app: JupyterFrontEnd): Promise<void> {
  await app.restored;
  await new Promise(resolve => window.setTimeout(resolve, DELAY));
  if ('requestIdleCallback' in window) {
    await new Promise(resolve => window.requestIdleCallback(resolve));
  }
}
