// A server of OpenAI's API that behaves well or badly: the name of the model says how. It counts what it serves.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listenOnLoopback } from '../listen-on-loopback.ts';
import { readAnyJson } from './read-any-json.ts';

/** One request, and what to answer with. */
export interface Turn {
  readonly path: string;
  readonly isStreamed: boolean;
  readonly response: ServerResponse;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: IncomingMessage['headers'];
  readonly baseUrl: string;
}

export type Behaviour = (turn: Turn) => void | Promise<void>;

export interface FaultyUpstream {
  readonly baseUrl: URL;
  /** Requests for answers, by the name of the model. */
  count(model: string): number;
  /** Of all models. */
  stats(): UpstreamStats;
  close(): Promise<void>;
}

export interface UpstreamStats {
  readonly open: number;
  /** Closed by the other side before the answer was complete. */
  readonly aborted: number;
  readonly connections: number;
}

export interface FaultyUpstreamOptions {
  readonly behaviours: Readonly<Record<string, Behaviour>>;
  /** Answers to `GET`, by path, as texts or as JSON, or what answers. No model is listed where nothing is said, the rest is 404. */
  readonly pages?: Readonly<Record<string, object | string | Page>>;
  /** Default: any free one. */
  readonly port?: number;
}

export type Page = (response: ServerResponse, request: IncomingMessage) => void;

const noModels = { object: 'list', data: [] };

export async function startFaultyUpstream(options: FaultyUpstreamOptions): Promise<FaultyUpstream> {
  const { behaviours, pages = {} } = options;
  const counts = new Map<string, number>();
  let open = 0;
  let aborted = 0;
  let connections = 0;
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      if (request.method === 'GET') {
        const page = pages[request.url ?? ''];
        if (typeof page === 'function') page(response, request);
        else sendPage(response, page ?? (request.url === '/v1/models' ? noModels : undefined));
        return;
      }
      const body = readAnyJson(Buffer.concat(parts).toString());
      const model = String(body['model']);
      counts.set(model, (counts.get(model) ?? 0) + 1);
      open += 1;
      response.on('close', () => {
        open -= 1;
        if (!response.writableFinished) aborted += 1;
      });
      const behaviour = behaviours[model];
      if (behaviour === undefined) {
        sendPage(response, undefined);
        return;
      }
      const path = request.url ?? '';
      const turn = { path, isStreamed: body['stream'] === true, response, body, headers: request.headers };
      Promise.resolve(behaviour({ ...turn, baseUrl: baseUrl.href })).catch(() => response.destroy());
    });
  });
  server.on('connection', (socket) => {
    connections += 1;
    socket.on('error', () => undefined);
  });
  const { port, close } = await listenOnLoopback(server, { port: options.port ?? 0 });
  const baseUrl = new URL(`http://127.0.0.1:${port}/v1`);
  return {
    baseUrl,
    count: (model) => counts.get(model) ?? 0,
    stats: () => ({ open, aborted, connections }),
    close,
  };
}

function sendPage(response: ServerResponse, page: unknown): void {
  response.writeHead(page === undefined ? 404 : 200, { 'content-type': 'application/json' });
  response.end(typeof page === 'string' ? page : JSON.stringify(page ?? { detail: 'Not Found' }));
}
