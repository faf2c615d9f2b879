import { Client, type ClientConfig } from 'pg';

/**
 * A connection for nothing but to ask the server whether it answers. It is always open, because a busy server takes
 * hundreds of milliseconds to open one, and a server that hangs holds those of the pool.
 */
export interface Pulse {
  /** Opens a connection, asks on it, and keeps it in place of the earlier one. */
  renew(): Promise<void>;
  /** Asks on the open connection. */
  ask(): Promise<void>;
  close(): void;
}

/** @param connecting its time-outs hold for each connection and each question */
export function createPulse(connecting: ClientConfig): Pulse {
  let current: Client | undefined;
  let isClosed = false;

  const drop = (client: Client) => {
    if (current === client) current = undefined;
    // What was sent to a server that hangs has no end to wait for.
    void client.end().catch(() => undefined);
  };
  const renew = async () => {
    const client = new Client(connecting);
    client.on('error', () => undefined);
    client.once('end', () => {
      if (current !== client) return;
      current = undefined;
      // A proxy, or an operator, ended this connection alone.
      if (!isClosed) renew().catch(() => undefined);
    });
    try {
      await client.connect();
      await client.query('SELECT 1');
    } catch (error) {
      drop(client);
      throw error;
    }
    const before = current;
    current = client;
    if (before !== undefined) drop(before);
    if (isClosed) drop(client);
  };
  return {
    renew,
    async ask() {
      if (current === undefined) await renew();
      else await current.query('SELECT 1');
    },
    close() {
      isClosed = true;
      if (current !== undefined) drop(current);
    },
  };
}
