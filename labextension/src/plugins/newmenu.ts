import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { IToolbarWidgetRegistry } from '@jupyterlab/apputils';
import type { FileBrowser } from '@jupyterlab/filebrowser';
import { MenuBar, Widget } from '@lumino/widgets';
import type { Menu } from '@lumino/widgets';

import { CommandIDs, PluginIDs } from '../tokens';

const TOOLBAR = 'FileBrowser';
const ITEM = 'new-dropdown';

/** Put our item after those that create notebooks with a kernel. */
function extend(menu: Menu): void {
  if (menu.items.some(item => item.command === CommandIDs.create)) {
    return;
  }
  const notebooks = menu.items.filter(
    item => item.command === 'notebook:create-new'
  );
  menu.insertItem(notebooks.length, { command: CommandIDs.create });
}

/**
 * Adds us to the New menu of Notebook 7's file browser.
 *
 * That menu takes no items from others: it is wrapped where the toolbar gets
 * it from. JupyterLab has no such menu, and is not touched.
 */
export const newMenu: JupyterFrontEndPlugin<void> = {
  id: PluginIDs.newMenu,
  description: "Adds reactive notebooks to Notebook's New menu.",
  autoStart: true,
  optional: [IToolbarWidgetRegistry],
  activate: (
    app: JupyterFrontEnd,
    toolbars: IToolbarWidgetRegistry | null
  ): void => {
    if (!toolbars) {
      return;
    }
    const menus = new Set<Menu>();
    let inner: (browser: FileBrowser) => Widget = () => new Widget();

    const outer = (browser: FileBrowser): Widget => {
      const widget = inner(browser);
      if (widget instanceof MenuBar) {
        for (const menu of widget.menus) {
          menus.add(menu);
          extend(menu);
        }
      }
      return widget;
    };

    // Whichever of the two plugins is the first, ours gets hold of the other's.
    let isWrapping = false;
    const wrap = (_: unknown, name: string) => {
      if (name !== ITEM || isWrapping) {
        return;
      }
      isWrapping = true;
      inner = toolbars.addFactory(TOOLBAR, ITEM, outer) ?? inner;
      isWrapping = false;
    };
    wrap(toolbars, ITEM);
    toolbars.factoryAdded.connect(wrap);

    // Notebook fills its menu anew when the kernels change.
    app.serviceManager.kernelspecs.specsChanged.connect(() =>
      menus.forEach(extend)
    );
  }
};
