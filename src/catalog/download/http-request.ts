import { Headers, type Response } from 'undici';
import { SourceError } from '../pull-error.ts';
import { describeConnectionFault } from './connection-fault.ts';
import { ProxyError } from './find-proxy.ts';
import { TransientFailure } from './http-answer.ts';
import { directTransport, type Transport } from './transport.ts';

/** The `Authorization` header for a URL, if any. Requested again for each redirect. */
export type Authorize = (url: URL) => string | undefined;

export interface ByteRange {
  readonly startBytes: number;
  /** The byte after the last one. Undefined requests the rest of the file. */
  readonly endBytes: number | undefined;
  readonly validator: string | undefined;
}

export interface FileRequest {
  readonly url: string;
  readonly method?: 'GET' | 'HEAD';
  readonly accept?: string | undefined;
  readonly range?: ByteRange | undefined;
  readonly authorize?: Authorize | undefined;
  readonly transport?: Transport | undefined;
  /** Ends the request and its body. It must also follow `attempt`. */
  readonly signal: AbortSignal;
  /** Aborted if no answer arrives in time. */
  readonly attempt: AbortController;
  readonly limits: { readonly connectTimeoutMs: number; readonly redirectsMax: number };
}

export interface FileAnswer {
  readonly response: Response;
  /** The final URL after redirects. */
  readonly url: string;
}

const redirectStatuses = new Set([301, 302, 303, 307, 308]);

/** Requests the file and follows redirects. Range and validator are sent to each server. */
export async function requestFile(request: FileRequest): Promise<FileAnswer> {
  let url = toHttpUrl(request.url);
  for (let redirects = 0; redirects <= request.limits.redirectsMax; redirects++) {
    const response = await requestOnce(request, url);
    if (!isRedirect(response)) return { response, url: url.href };
    await response.body?.cancel();
    url = toRedirectTarget(url, response.headers.get('location'));
  }
  throw new SourceError(`it redirects more than ${request.limits.redirectsMax} times`, 'source');
}

export function isRedirect({ status }: Response): boolean {
  return redirectStatuses.has(status);
}

/** Sends one request without following redirects. */
export async function requestOnce(request: FileRequest, url: URL): Promise<Response> {
  const { attempt, limits, signal, method = 'GET', transport = directTransport } = request;
  const seconds = limits.connectTimeoutMs / 1000;
  const giveUp = () =>
    attempt.abort(new TransientFailure(`${url.host} did not answer within ${seconds} s`, 'network'));
  const connectTimer = setTimeout(giveUp, limits.connectTimeoutMs);
  try {
    return await transport.fetch(url, {
      method,
      headers: toHeaders(request, url),
      signal,
      redirect: 'manual',
    });
  } catch (error) {
    if (attempt.signal.reason instanceof TransientFailure) throw attempt.signal.reason;
    if (error instanceof ProxyError) throw new SourceError(error.message, 'network', error);
    const fault = describeConnectionFault(error, url.host, transport.describeProxy(url));
    throw new TransientFailure(fault, 'network', { cause: error });
  } finally {
    clearTimeout(connectTimer);
  }
}

function toHeaders({ accept, range, authorize }: FileRequest, url: URL): Headers {
  // Without `identity` the body could be compressed, and offsets would be meaningless.
  const headers = new Headers({ 'accept-encoding': 'identity', 'user-agent': 'gravix' });
  if (accept !== undefined) headers.set('accept', accept);
  const authorization = authorize?.(url);
  if (authorization !== undefined) headers.set('authorization', authorization);
  if (range !== undefined) {
    const last = range.endBytes === undefined ? '' : range.endBytes - 1;
    headers.set('range', `bytes=${range.startBytes}-${last}`);
    if (range.validator !== undefined) headers.set('if-range', range.validator);
  }
  return headers;
}

function toRedirectTarget(from: URL, location: string | null): URL {
  if (location === null || !URL.canParse(location, from.href)) {
    throw new SourceError('it redirects to nowhere', 'source');
  }
  const target = toHttpUrl(new URL(location, from.href).href);
  if (from.protocol === 'https:' && target.protocol === 'http:') {
    throw new SourceError('it redirects from a secure to an insecure address', 'source');
  }
  return target;
}

export function toHttpUrl(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw new SourceError('its address is not an HTTP address', 'source');
}
