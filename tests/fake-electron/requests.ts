import type { Cdp } from './cdp.ts';
import { allowHost } from './network-door.ts';
import { isOwnScheme, toApp, toPage } from './schemes.ts';
import type { HostSession, RequestDetails } from './session.ts';

/** What a page's requests are asked of. */
export interface RequestOwner {
  readonly id: number;
  readonly session: HostSession;
  readonly facade: object;
  frameFacade(frameId: string): object | null;
  /** Whether a document may be loaded into a frame; asks the app's navigation listeners. */
  mayNavigate(navigation: { frameId: string; url: string; redirect: boolean }): Promise<boolean>;
}

interface Paused {
  requestId: string;
  request: { url: string; method: string; headers: Record<string, string>; postData?: string };
  frameId: string;
  resourceType: string;
  redirectedRequestId?: string;
  responseStatusCode?: number;
  responseErrorReason?: string;
  responseHeaders?: { name: string; value: string }[];
}

/** By Chromium's names; everything else is `other`. */
const resourceTypes: Readonly<Record<string, string>> = {
  Stylesheet: 'stylesheet',
  Script: 'script',
  Image: 'image',
  Font: 'font',
  XHR: 'xhr',
  Fetch: 'xhr',
  Ping: 'ping',
  CSPViolationReport: 'cspReport',
  Media: 'media',
  WebSocket: 'webSocket',
};

let lastRequestId = 0;

/** Decides over one held request: navigation, `webRequest`, the app's scheme, or the network. */
export async function decideRequest(
  cdp: Cdp,
  sessionId: string,
  paused: Paused,
  owner: RequestOwner,
): Promise<void> {
  const { requestId, request, frameId, resourceType } = paused;
  const to = (method: string, params: object = {}) =>
    // The page may have gone meanwhile.
    cdp.send(`Fetch.${method}`, { requestId, ...params }, sessionId).catch(() => undefined);
  if (paused.responseStatusCode !== undefined || paused.responseErrorReason !== undefined)
    return void (await passResponse(to, paused, owner));
  const url = toApp(request.url);
  if (resourceType === 'Document') {
    const redirect = paused.redirectedRequestId !== undefined;
    const may = await owner.mayNavigate({ frameId, url, redirect });
    if (!may) return void (await to('failRequest', { errorReason: 'Aborted' }));
  }
  const details = detailsOf(paused, owner, url);
  const { cancel, redirectURL } = await owner.session.hostBeforeRequest(details);
  if (cancel) return void (await to('failRequest', { errorReason: 'BlockedByClient' }));
  if (redirectURL !== undefined)
    throw new Error('redirectURL of webRequest is not implemented in the test host');
  const scheme = url.split(':', 1)[0] ?? '';
  if (!isOwnScheme(scheme)) {
    allowHost(request.url);
    return void (await to('continueRequest', { interceptResponse: owner.session.headersReceived !== null }));
  }
  const handler = owner.session.hostHandler(scheme);
  if (!handler) return void (await to('failRequest', { errorReason: 'Failed' }));
  const { method, postData } = request;
  const body = postData !== undefined && method !== 'GET' && method !== 'HEAD' ? { body: postData } : {};
  const headers = new Headers(request.headers);
  let response: Response;
  try {
    response = await handler(new Request(url, { method, headers, ...body }));
  } catch {
    // As in Electron: the page is told that it failed, and the app goes on.
    return void (await to('failRequest', { errorReason: 'Failed' }));
  }
  await to('fulfillRequest', await fulfilment(response, details, owner.session));
}

function detailsOf(
  { request, resourceType, frameId }: Paused,
  owner: RequestOwner,
  url: string,
): RequestDetails {
  lastRequestId += 1;
  const frame = owner.frameFacade(frameId);
  const isMain = frame !== null && (frame as { parent: unknown }).parent === null;
  return {
    id: lastRequestId,
    url,
    method: request.method,
    resourceType:
      resourceType === 'Document'
        ? isMain
          ? 'mainFrame'
          : 'subFrame'
        : (resourceTypes[resourceType] ?? 'other'),
    referrer: toApp(request.headers.Referer ?? ''),
    timestamp: Date.now(),
    webContentsId: owner.id,
    webContents: owner.facade,
    frame,
  };
}

async function fulfilment(response: Response, details: RequestDetails, session: HostSession) {
  const headers: Record<string, string[]> = {};
  for (const [name, value] of response.headers) headers[name] = [...(headers[name] ?? []), value];
  const given = await receive(session, details, headers, response.status);
  return {
    responseCode: response.status,
    responseHeaders: Object.entries(given).flatMap(([name, values]) =>
      values.map((value) => ({ name, value: name === 'location' ? toPage(value) : value })),
    ),
    body: Buffer.from(await response.arrayBuffer()).toString('base64'),
  };
}

async function passResponse(
  to: (method: string, params?: object) => Promise<unknown>,
  paused: Paused,
  owner: RequestOwner,
): Promise<void> {
  const { responseStatusCode: responseCode } = paused;
  if (responseCode === undefined) return void (await to('continueResponse'));
  const headers: Record<string, string[]> = {};
  for (const { name, value } of paused.responseHeaders ?? [])
    headers[name] = [...(headers[name] ?? []), value];
  const details = detailsOf(paused, owner, toApp(paused.request.url));
  const given = await receive(owner.session, details, headers, responseCode);
  const responseHeaders = Object.entries(given).flatMap(([name, values]) =>
    values.map((value) => ({ name, value })),
  );
  const redirects = responseCode >= 300 && responseCode < 400;
  if (redirects) return void (await to('continueResponse', { responseCode, responseHeaders }));
  // Answered again: Chromium has read some of the headers before it shows them, and would keep to those.
  const answered = (await to('getResponseBody')) as { body: string; base64Encoded: boolean } | undefined;
  const body = answered?.base64Encoded ? answered.body : Buffer.from(answered?.body ?? '').toString('base64');
  await to('fulfillRequest', { responseCode, responseHeaders, body });
}

function receive(
  session: HostSession,
  details: RequestDetails,
  responseHeaders: Record<string, string[]>,
  statusCode: number,
): Promise<Record<string, string[]>> {
  const listener = session.headersReceived;
  if (!listener) return Promise.resolve(responseHeaders);
  return new Promise((resolve) =>
    listener({ ...details, responseHeaders, statusCode }, ({ responseHeaders: changed = responseHeaders }) =>
      resolve(Object.fromEntries(Object.entries(changed).map(([name, value]) => [name, [value].flat()]))),
    ),
  );
}
