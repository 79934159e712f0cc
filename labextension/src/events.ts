import { EventManager } from '@jupyterlab/services';
import type { ServerConnection } from '@jupyterlab/services';

/**
 * Connect to Jupyter's event bus.
 *
 * Lab's own connection does not tell that it was lost and is back, nor does it
 * get what was said meanwhile. This one is of the same kind, and tells.
 *
 * @param onOpen - called each time that the connection is there.
 */
export function connectEvents(
  settings: ServerConnection.ISettings,
  onOpen: () => void
): EventManager {
  class Socket extends settings.WebSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      this.addEventListener('open', onOpen);
    }
  }
  return new EventManager({
    serverSettings: { ...settings, WebSocket: Socket }
  });
}
