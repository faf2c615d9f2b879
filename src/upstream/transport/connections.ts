import type { LookupAddress } from 'node:dns';
import { buildConnector, Client } from 'undici';
import { assertAllowedHost, createAddressRules } from '../../upstream-rules/refused-addresses.ts';
import { createCheckedLookup, createFixedLookup } from './checked-lookup.ts';
import {
  type Connection,
  type ConnectionSource,
  type Exchange,
  type ExchangeRequest,
  type ExchangeSink,
  startExchange,
} from './exchange.ts';

/** Bytes of an answer's head. */
const headBytesMax = 32 * 1024;

/** Idle connections of one server are closed after this time, before most servers close them (5 s), in milliseconds. */
const idleMsMax = 4000;

/** The same where a server says that it keeps them for longer. */
const hintedIdleMsMax = 60_000;

/** Connections of one server at the same time. */
export const connectionsMax = 8192;

export class TooManyConnectionsError extends Error {
  constructor() {
    super(`More than ${connectionsMax} requests to one upstream are under way.`);
    this.name = 'TooManyConnectionsError';
  }
}

/** The connections to one server. They are kept and used again, one request at a time on each. */
export interface Connections {
  /** A failure to send the request is heard by the sink. */
  open(request: ExchangeRequest, sink: ExchangeSink): Exchange;
  /** Closes all, also those that are in use. */
  close(): Promise<void>;
}

/**
 * @param address where to connect to, in place of what the name of `origin` is looked up as
 * @throws {RefusedAddressError}
 */
export function createConnections(origin: URL, address?: LookupAddress): Connections {
  const rules = createAddressRules();
  assertAllowedHost(origin, rules);
  const lookup = address === undefined ? createCheckedLookup(rules) : createFixedLookup(address, rules);
  return new ClientPool(origin.origin, (connectMs) =>
    buildConnector({ lookup, timeout: connectMs, allowH2: false }),
  );
}

type CreateConnector = (connectMs: number) => buildConnector.connector;

class ClientPool implements Connections, ConnectionSource {
  readonly #origin: string;
  readonly #createConnector: CreateConnector;
  readonly #all = new Set<Client>();
  /** Without a request, by their time to connect. The one used last is used next, so that spare ones are closed. */
  readonly #idle = new Map<number, Client[]>();
  readonly #connectMs = new WeakMap<Client, number>();
  readonly #connectors = new Map<number, buildConnector.connector>();

  constructor(origin: string, createConnector: CreateConnector) {
    this.#origin = origin;
    this.#createConnector = createConnector;
  }

  open(request: ExchangeRequest, sink: ExchangeSink): Exchange {
    return startExchange(this, request, sink);
  }

  take(connectMs: number, isFresh: boolean): Connection {
    const idle = isFresh ? undefined : this.#idle.get(connectMs)?.pop();
    if (idle !== undefined) return { client: idle, isReused: true };
    if (this.#all.size >= connectionsMax) throw new TooManyConnectionsError();
    const client = new Client(this.#origin, {
      connect: this.#toConnector(connectMs),
      pipelining: 1,
      maxHeaderSize: headBytesMax,
      keepAliveTimeout: idleMsMax,
      keepAliveMaxTimeout: hintedIdleMsMax,
      // The answer's own clock does it.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    this.#all.add(client);
    this.#connectMs.set(client, connectMs);
    client.on('disconnect', () => this.#forgetIdle(client));
    return { client, isReused: false };
  }

  release({ client }: Connection): void {
    const connectMs = this.#connectMs.get(client);
    if (connectMs === undefined || client.destroyed) return;
    const idle = this.#idle.get(connectMs) ?? [];
    idle.push(client);
    this.#idle.set(connectMs, idle);
  }

  drop({ client }: Connection): void {
    this.#all.delete(client);
    void client.destroy();
  }

  async close(): Promise<void> {
    const clients = [...this.#all];
    this.#all.clear();
    this.#idle.clear();
    await Promise.all(clients.map((client) => client.destroy()));
  }

  #toConnector(connectMs: number): buildConnector.connector {
    const known = this.#connectors.get(connectMs);
    if (known !== undefined) return known;
    const connector = this.#createConnector(connectMs);
    this.#connectors.set(connectMs, connector);
    return connector;
  }

  /** A connection that the server closed, or that was idle for too long. */
  #forgetIdle(client: Client): void {
    const idle = this.#idle.get(this.#connectMs.get(client) ?? 0) ?? [];
    const place = idle.indexOf(client);
    if (place < 0) return;
    idle.splice(place, 1);
    this.drop({ client, isReused: true });
  }
}
