import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ListeningServer {
  readonly port: number;
  /** Cuts its connections. */
  close(): Promise<void>;
}

/** @param place default: any free port of 127.0.0.1 */
export async function listenOnLoopback(
  server: Server,
  { port = 0, address = '127.0.0.1' }: { readonly port?: number; readonly address?: string } = {},
): Promise<ListeningServer> {
  await new Promise<void>((resolve) => server.listen(port, address, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
