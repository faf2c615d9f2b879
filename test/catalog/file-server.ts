import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listenOnLoopback } from '../listen-on-loopback.ts';

/** What the server does with one request. */
export type Behaviour = (request: IncomingMessage, response: ServerResponse, content: Buffer) => void;

export interface FileServer {
  readonly url: string;
  readonly requests: readonly IncomingMessage[];
  close(): Promise<void>;
}

/** A real HTTP server on loopback: the first requests get `behaviours` in turn, all later ones the last. */
export async function createFileServer(content: Buffer, ...behaviours: Behaviour[]): Promise<FileServer> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    const behaviour = behaviours[Math.min(requests.length, behaviours.length) - 1] ?? serve;
    behaviour(request, response, content);
  });
  const { port, close } = await listenOnLoopback(server);
  return {
    url: `http://127.0.0.1:${port}/model.gguf`,
    requests,
    close,
  };
}

export function toEtag(content: Buffer): string {
  return `"${createHash('sha256').update(content).digest('hex').slice(0, 16)}"`;
}

/** As a good file server does it: strong ETag, ranges, `If-Range`. */
export const serve: Behaviour = (request, response, content) => {
  const body = startAnswer(request, response, content);
  response.end(body);
};

/** The whole file, whatever range is asked for. */
export const serveWithoutRanges: Behaviour = (_request, response, content) => {
  response.writeHead(200, toHeaders(content, undefined));
  response.end(content);
};

/**
 * Sends so many bytes of the body and then cuts the connection. Not at once: a client that has not yet read what
 * came before a cut may lose it, and would then rightly ask for it again.
 */
export function cutAfter(bytes: number): Behaviour {
  return (request, response, content) => {
    const body = startAnswer(request, response, content);
    response.write(body.subarray(0, bytes), () => setTimeout(() => response.destroy(), 200));
  };
}

/** Sends so many bytes of the body and then nothing, with the connection open. */
export function stallAfter(bytes: number): Behaviour {
  return (request, response, content) => {
    const body = startAnswer(request, response, content);
    response.write(body.subarray(0, bytes));
  };
}

/** Sends so many bytes of the body, and the rest when the promise resolves. */
export function holdAfter(bytes: number, released: Promise<unknown>): Behaviour {
  return (request, response, content) => {
    const body = startAnswer(request, response, content);
    response.write(body.subarray(0, bytes));
    void released.then(() => response.end(body.subarray(bytes)));
  };
}

/** Sends the file in small pieces, one each few milliseconds. */
export function serveSlowly(pieceBytes: number, everyMs: number): Behaviour {
  return (request, response, content) => {
    const body = startAnswer(request, response, content);
    let position = 0;
    const timer = setInterval(() => {
      response.write(body.subarray(position, position + pieceBytes));
      position += pieceBytes;
      if (position >= body.length) response.end();
    }, everyMs);
    response.on('close', () => clearInterval(timer));
  };
}

export function answerStatus(status: number, headers: Record<string, string> = {}): Behaviour {
  return (_request, response) => {
    response.writeHead(status, headers);
    response.end('<html>not a model</html>');
  };
}

export const neverAnswer: Behaviour = () => undefined;

export function toHeaders(
  content: Buffer,
  startBytes: number | undefined,
  endBytes = content.length,
): Record<string, string | number> {
  const whole = { etag: toEtag(content), 'accept-ranges': 'bytes' };
  if (startBytes === undefined) return { ...whole, 'content-length': content.length };
  return {
    ...whole,
    'content-length': endBytes - startBytes,
    'content-range': `bytes ${startBytes}-${endBytes - 1}/${content.length}`,
  };
}

/** Sends status and headers; returns the bytes that must follow. */
function startAnswer(request: IncomingMessage, response: ServerResponse, content: Buffer): Buffer {
  const range = toRange(request, content);
  response.writeHead(range === undefined ? 200 : 206, toHeaders(content, range?.startBytes, range?.endBytes));
  return content.subarray(range?.startBytes ?? 0, range?.endBytes);
}

/** A range of which `If-Range` says that it is of another version counts as none. */
function toRange(request: IncomingMessage, content: Buffer) {
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
  const validator = request.headers['if-range'];
  if (range === null || (validator !== undefined && validator !== toEtag(content))) return undefined;
  const endBytes = range[2] === '' ? content.length : Math.min(content.length, Number(range[2]) + 1);
  return { startBytes: Number(range[1]), endBytes };
}
