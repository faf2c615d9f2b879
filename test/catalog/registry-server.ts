import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

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
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://${hostName}:${port}`,
    requests,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function answerJson(response: ServerResponse, value: unknown): true {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  return true;
}
