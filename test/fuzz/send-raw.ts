import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** How the bytes of a request are sent. */
export type Delivery =
  | { readonly kind: 'whole' }
  /** In so many pieces. */
  | { readonly kind: 'pieces'; readonly count: number }
  /** A part of it, and then the client leaves. */
  | { readonly kind: 'cut'; readonly share: number; readonly how: 'end' | 'destroy' | 'reset' }
  /** The client leaves when so many bytes of the answer have come. */
  | { readonly kind: 'leaves'; readonly bytes: number }
  /** A part of it, and then the client says nothing more. */
  | { readonly kind: 'stalls'; readonly share: number };

export interface RawAnswer {
  /** `closed`: by the server, without a whole answer. `left`: by the client. `hung`: by neither, until the deadline. */
  readonly end: 'whole' | 'closed' | 'left' | 'hung';
  /** Undefined: no line with a status has come. */
  readonly status: number | undefined;
  readonly head: string;
  readonly body: string;
}

/** No answer and no close after this long is a hang, in milliseconds. */
const hangMs = 60_000;

/** Sends the bytes over a connection that is used once. */
export async function sendRaw(port: number, bytes: Buffer, delivery: Delivery): Promise<RawAnswer> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  const chunks: Buffer[] = [];
  let length = 0;
  const isHead = bytes.subarray(0, 5).toString('latin1') === 'HEAD ';
  const answer = new Promise<RawAnswer>((resolve) => {
    const settle = (end: RawAnswer['end']) => {
      clearTimeout(timer);
      resolve({ end, ...readParts(Buffer.concat(chunks)) });
      socket.destroy();
    };
    const timer = setTimeout(() => settle('hung'), hangMs);
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      length += chunk.length;
      if (delivery.kind === 'leaves' && length >= delivery.bytes) settle('left');
      else if (isWhole(Buffer.concat(chunks), isHead)) settle('whole');
    });
    socket.on('error', () => undefined);
    socket.once('close', () => settle('closed'));
  });
  await deliver(bytes, delivery, socket);
  return await answer;
}

async function deliver(bytes: Buffer, delivery: Delivery, socket: ReturnType<typeof connect>): Promise<void> {
  switch (delivery.kind) {
    case 'whole':
    case 'leaves':
      socket.write(bytes);
      return;
    case 'pieces': {
      const size = Math.max(1, Math.ceil(bytes.length / delivery.count));
      for (let at = 0; at < bytes.length && !socket.destroyed; at += size) {
        socket.write(bytes.subarray(at, at + size));
        await sleep(1);
      }
      return;
    }
    case 'cut':
      await new Promise<void>((resolve) => {
        socket.once('close', () => resolve());
        socket.write(bytes.subarray(0, Math.floor(bytes.length * delivery.share)), () => resolve());
      });
      if (delivery.how === 'end') socket.end();
      else if (delivery.how === 'reset') socket.resetAndDestroy();
      else socket.destroy();
      return;
    case 'stalls':
      socket.write(bytes.subarray(0, Math.floor(bytes.length * delivery.share)));
  }
}

const headEnd = '\r\n\r\n';

/** The final answer, without interim ones such as 100. */
function skipInterim(bytes: Buffer): Buffer {
  let rest = bytes;
  while (/^HTTP\/1\.[01] 1\d\d /.test(rest.toString('latin1', 0, 13))) {
    const end = rest.indexOf(headEnd);
    if (end < 0) break;
    rest = rest.subarray(end + headEnd.length);
  }
  return rest;
}

/** Whether the first answer has come to its end: https://www.rfc-editor.org/rfc/rfc9112#section-6.3 */
function isWhole(all: Buffer, isHead: boolean): boolean {
  const bytes = skipInterim(all);
  const at = bytes.indexOf(headEnd);
  if (at < 0) return false;
  const head = bytes.toString('latin1', 0, at);
  const status = Number(head.split(' ')[1]);
  if (isHead || status === 204 || status === 304) return true;
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
  if (length !== undefined) return bytes.length - at - headEnd.length >= Number(length);
  return /\r\ntransfer-encoding: chunked/i.test(head) && bytes.indexOf('\r\n0\r\n\r\n') > 0;
}

function readParts(all: Buffer): Pick<RawAnswer, 'status' | 'head' | 'body'> {
  const bytes = skipInterim(all);
  const at = bytes.indexOf(headEnd);
  const head = bytes.toString('latin1', 0, at < 0 ? bytes.length : at);
  const status = /^HTTP\/1\.[01] (\d{3}) /.exec(head)?.[1];
  const body = at < 0 ? Buffer.alloc(0) : bytes.subarray(at + headEnd.length);
  // Behind it may be an answer to what came after the request.
  const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? body.length);
  const isChunked = /\r\ntransfer-encoding: chunked/i.test(head);
  const plain = isChunked ? joinChunks(body) : body.subarray(0, length);
  return { status: status === undefined ? undefined : Number(status), head, body: plain.toString('utf8') };
}

function joinChunks(body: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < body.length; ) {
    const end = body.indexOf('\r\n', at);
    const size = Number.parseInt(body.toString('latin1', at, end < 0 ? body.length : end), 16);
    if (end < 0 || !(size > 0)) break;
    parts.push(body.subarray(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
  }
  return Buffer.concat(parts);
}
