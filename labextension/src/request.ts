import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

import { isErrorBody } from './wire';

/** The server's refusal, in the server's own words. */
export class RequestError extends Error {
  constructor(
    message: string,
    readonly remedy: string | null
  ) {
    super(message);
    this.name = 'RequestError';
  }
}

/** A reply that our part of the server did not give. */
export class UnexpectedReply extends Error {
  constructor(
    readonly status: number,
    readonly endpoint: string
  ) {
    super(`unexpected reply (status ${status}) to reactive/api/${endpoint}`);
    this.name = 'UnexpectedReply';
  }
}

/**
 * Send one request to our REST API.
 *
 * @param signal - gives it up, which ends what the server does for it.
 * @returns the parsed reply, or `null` for a reply without a body.
 */
export async function request(
  settings: ServerConnection.ISettings,
  endpoint: string,
  method: 'GET' | 'POST' | 'PUT' | 'DELETE' = 'GET',
  body?: unknown,
  signal?: AbortSignal
): Promise<unknown> {
  const url = URLExt.join(settings.baseUrl, 'reactive', 'api', endpoint);
  const init: RequestInit = { method, signal: signal ?? null };
  if (body !== undefined) {
    init.body = JSON.stringify(body);
  }
  const response = await ServerConnection.makeRequest(url, init, settings);
  const text = await response.text();
  const data = parse(text);
  if (response.ok) {
    return data;
  }
  if (isErrorBody(data)) {
    throw new RequestError(data.message, data.remedy ?? null);
  }
  throw new UnexpectedReply(response.status, endpoint);
}

/** A proxy in between may answer with a page: that is not JSON, and no fault of the caller. */
function parse(text: string): unknown {
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}
