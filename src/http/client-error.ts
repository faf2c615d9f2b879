import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { toAnthropicFailure } from './anthropic-failure.ts';
import { toApiForm } from './api-form.ts';
import { HttpError, type HttpFailure, toHttpFailure } from './http-error.ts';
import { createRequestId } from './request-state.ts';
import { toRouteUrl } from './to-route-url.ts';

/** Node adds the bytes that it was reading. */
type ClientError = NodeJS.ErrnoException & { readonly rawPacket?: unknown };

/** Node's parser of the socket has the request once its headers are complete. */
type ParsedSocket = Socket & {
  readonly parser?: { readonly incoming?: { readonly url?: string } | null } | null;
};

/** Bytes in which the first line of a request names its URL. */
const firstLineBytesMax = 8192;

/** The URL of the request; empty where it is not known. */
function readUrl({ rawPacket }: ClientError, { parser }: ParsedSocket): string {
  const line = Buffer.isBuffer(rawPacket) ? rawPacket.toString('latin1', 0, firstLineBytesMax) : '';
  return parser?.incoming?.url ?? /^[A-Z]+ (\S+)/.exec(line)?.[1] ?? '';
}

/**
 * Requests that Node rejects early: too slow, too many headers, not HTTP. The answer is written by hand in
 * the same JSON format, if the socket is still open.
 */
export function answerClientError(error: ClientError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable || hasBegunAnswer(socket)) {
    socket.destroy();
    return;
  }
  const { headers, ...failure } = toFailure(error.code);
  const requestId = createRequestId();
  const isAnthropic = toApiForm(toRouteUrl(readUrl(error, socket)), {}) === 'anthropic';
  const { status, body } = isAnthropic ? toAnthropicFailure(failure, requestId) : failure;
  const text = JSON.stringify(body);
  const lines = Object.entries({
    ...headers,
    'x-request-id': requestId,
    ...(isAnthropic ? { 'request-id': requestId } : {}),
    'openai-processing-ms': '0',
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(text)),
    connection: 'close',
  }).map(([name, value]) => `${name}: ${value}`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('\r\n')}\r\n\r\n${text}`);
}

/** Node's own handler looks at the same member: a second answer must not be written into the first. */
function hasBegunAnswer(socket: Socket & { _httpMessage?: { headersSent: boolean } | null }): boolean {
  return socket._httpMessage?.headersSent === true;
}

function toFailure(code: string | undefined): HttpFailure {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return toHttpFailure(new HttpError('request_timeout', 'The request took too long to arrive.'));
    case 'HPE_HEADER_OVERFLOW':
      return toHttpFailure(new HttpError('header_too_large', 'The request headers are too large.'));
    default:
      return toHttpFailure(new HttpError('malformed_body', 'The request is not valid HTTP.'));
  }
}
