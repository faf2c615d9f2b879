import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listenOnLoopback } from '../listen-on-loopback.ts';

/** Answers a request, or returns false where it is none of its paths. */
export type RegistryRoutes = (request: IncomingMessage, response: ServerResponse, url: URL) => boolean;

export interface RegistryServer {
  readonly endpoint: string;
  readonly requests: readonly IncomingMessage[];
  close(): Promise<void>;
}

/** A real HTTP server on loopback, at a host name of its own: `localhost` and `127.0.0.1` are two hosts to a client. */
export async function createRegistryServer(
  routes: RegistryRoutes,
  hostName = '127.0.0.1',
): Promise<RegistryServer> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    if (routes(request, response, new URL(request.url ?? '/', 'http://localhost'))) return;
    response.writeHead(404).end('{"error":"not found"}');
  });
  const { port, close } = await listenOnLoopback(server);
  return {
    endpoint: `http://${hostName}:${port}`,
    requests,
    close,
  };
}

export function answerJson(response: ServerResponse, value: unknown): true {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  return true;
}
