import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isLate, withinMs } from '../../service/within-ms.ts';

/** One request for an answer. */
export interface FaultyTurn {
  /** It asks for a stream. */
  readonly isStreamed: boolean;
  readonly response: ServerResponse;
}

export type FaultyBehaviour = (turn: FaultyTurn) => void | Promise<void>;

/** An upstream on loopback with one fault. It lists no models, and answers only requests for chat completions. */
export interface FaultyServer {
  readonly port: number;
  /** Requests for answers so far. */
  requestCount(): number;
  /** Whether each of them has ended, or ends within this time. */
  hasClosedWithin(waitMs: number): Promise<boolean>;
  close(): Promise<void>;
}

/** Bytes of a request that are read; the drill sends less than a thousand. */
const requestBytesMax = 64 * 1024;

export async function startFaultyServer(behave: FaultyBehaviour): Promise<FaultyServer> {
  const closings: Promise<void>[] = [];
  const server = createServer(async (request, response) => {
    response.on('error', () => undefined);
    if (request.method !== 'POST' || !request.url?.endsWith('/chat/completions')) {
      const isList = request.url?.endsWith('/models') === true;
      response.writeHead(isList ? 200 : 404, { 'content-type': 'application/json' });
      response.end(isList ? '{"object":"list","data":[]}' : '{"error":{"message":"Not found."}}');
      return;
    }
    closings.push(new Promise((resolve) => response.once('close', resolve)));
    try {
      await behave({ isStreamed: await readIsStreamed(request), response });
    } catch {
      response.destroy();
    }
  });
  server.on('connection', (socket) => socket.on('error', () => undefined));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    requestCount: () => closings.length,
    hasClosedWithin: async (waitMs) => !isLate(await withinMs(waitMs, Promise.all(closings))),
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function readIsStreamed(request: IncomingMessage): Promise<boolean> {
  const pieces: Buffer[] = [];
  let bytesRead = 0;
  for await (const piece of request) {
    bytesRead += piece.length;
    if (bytesRead > requestBytesMax) throw new Error(`A request has more than ${requestBytesMax} bytes.`);
    pieces.push(piece);
  }
  const body: { readonly stream?: unknown } = JSON.parse(Buffer.concat(pieces).toString());
  return body.stream === true;
}
