import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { HttpError, type HttpFailure, toHttpFailure } from './http-error.ts';
import { createRequestId } from './request-state.ts';

/**
 * Requests that Node rejects early: too slow, too many headers, not HTTP. The answer is written by hand in
 * the same JSON format, if the socket is still open.
 */
export function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable || hasBegunAnswer(socket)) {
    socket.destroy();
    return;
  }
  const { status, body, headers } = toFailure(error.code);
  const text = JSON.stringify(body);
  const lines = Object.entries({
    ...headers,
    'x-request-id': createRequestId(),
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
