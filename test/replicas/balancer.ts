import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Passes each connection to the next of several servers; one that can't be reached is skipped. */
export interface Balancer {
  readonly url: string;
  /** Connections that each server got, in the order of `ports`. */
  connections(): readonly number[];
  close(): Promise<void>;
}

export async function startBalancer(ports: readonly number[]): Promise<Balancer> {
  const counts = ports.map(() => 0);
  const sockets = new Set<Socket>();
  let turn = 0;

  const track = (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    // Whatever a server that dies leaves; the other side is cut with it.
    socket.on('error', () => undefined);
    return socket;
  };
  const pass = (client: Socket, attemptsLeft: number) => {
    const index = turn % ports.length;
    turn += 1;
    const server = track(connect({ host: '127.0.0.1', port: ports[index] ?? 0 }));
    let isConnected = false;
    server.once('connect', () => {
      isConnected = true;
      counts[index] = (counts[index] ?? 0) + 1;
      client.pipe(server).pipe(client);
    });
    server.once('close', () => {
      if (isConnected || attemptsLeft === 0) client.destroy();
      else pass(client, attemptsLeft - 1);
    });
    client.once('close', () => server.destroy());
  };
  const listener = createServer((client) => pass(track(client), ports.length - 1));
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    connections: () => counts,
    async close() {
      for (const socket of sockets) socket.destroy();
      listener.close();
      await once(listener, 'close');
    },
  };
}
