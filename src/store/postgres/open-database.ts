import { CamelCasePlugin, Kysely, PostgresDialect } from 'kysely';
import { Client, type ClientConfig, Pool, types } from 'pg';
import type { DatabaseSchema } from '../sql/database-schema.ts';
import { migrations } from '../sql/migrations.ts';
import type { SqlDatabase } from '../sql/sql-database.ts';
import { isOutage, StoreError } from '../store-error.ts';
import type { StoreWatch } from '../store-watch.ts';
import { assertServer } from './assert-server.ts';
import { migrate } from './migrate.ts';
import { postgresDialect } from './postgres-dialect.ts';
import { createPulse } from './pulse.ts';
import { toDatabasePlace } from './to-database-place.ts';
import { toKyselyPool } from './to-kysely-pool.ts';
import { toStoreError } from './to-store-error.ts';

/** How long a query waits for a connection, in milliseconds, a new one or one of the pool. */
const connectTimeoutMsDefault = 5000;
/** Postgres ends a statement that takes longer, or a transaction that waits as long for the next one, in milliseconds. */
const statementTimeoutMsDefault = 10_000;
/** A server that hangs ends nothing: this much later, in milliseconds, we give up. */
const answerGraceMs = 1000;
/** How long a probe waits for a connection, and then for an answer, in milliseconds. */
const probeTimeoutMs = 1000;
/** A connection that was not used for this long is closed, in milliseconds. */
const idleTimeoutMs = 60_000;

export interface DatabaseLimits {
  /** Connections of this process, 1 or more; further queries wait for one. */
  readonly connectionsMax: number;
  /** In milliseconds, 1 or more; 5,000 unless given. */
  readonly connectTimeoutMs?: number;
  /** In milliseconds, 1 or more; 10,000 unless given. A migration may take longer. */
  readonly statementTimeoutMs?: number;
  /** Hears of a connection that broke while it was in the pool; the next query opens another. */
  readonly onConnectionLost?: (error: unknown) => void;
  /**
   * Hears of outages, and probes the server. With it, a server that does not answer at the start is an outage like any
   * other: the schema is brought up to date when the server answers.
   */
  readonly watch?: StoreWatch;
}

/**
 * Connects to the database and brings its schema up to date.
 *
 * `url`: such as `postgres://user:password@host:5432/database`, with libpq's parameters such as `?sslmode=verify-full`.
 * Throws a `StoreError` whose message names the database, without the user and the password, and the way out.
 */
export async function openDatabase(url: string, limits: DatabaseLimits): Promise<SqlDatabase> {
  const { connectTimeoutMs = connectTimeoutMsDefault } = limits;
  const connecting: ClientConfig = {
    connectionString: url,
    application_name: 'gravix',
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
  };
  const { watch } = limits;
  const probing = { ...connecting, connectionTimeoutMillis: probeTimeoutMs, query_timeout: probeTimeoutMs };
  const pulse = watch === undefined ? undefined : createPulse(probing);
  let isPrepared = false;
  const prepareOnce = async () => {
    if (!isPrepared) await prepare(connecting);
    isPrepared = true;
    await pulse?.renew();
  };
  const describe = (error: unknown) => describeFailure(url, toStoreError(error));
  try {
    await prepareOnce();
  } catch (error) {
    const failure = describe(error);
    if (watch === undefined || !isOutage(failure)) throw failure;
    watch.report(failure);
  }
  try {
    const database = toSqlDatabase(createPool(connecting, limits), watch);
    const probe = () => prepareOnce().catch((error: unknown) => Promise.reject(describe(error)));
    if (pulse === undefined) return database;
    watch?.setProbe({ probe, ping: pulse.ask });
    const close = () => {
      pulse.close();
      return database.close();
    };
    return { ...database, close };
  } catch (error) {
    throw describe(error);
  }
}

/** On a separate connection, because a migration may take longer than any query of a request. */
async function prepare(connecting: ClientConfig): Promise<void> {
  const client = new Client(connecting);
  // The query that waits reports it; without a listener the event would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await assertServer(client);
    await migrate(client, migrations);
  } finally {
    await client.end().catch(() => undefined);
  }
}

function createPool(connecting: ClientConfig, limits: DatabaseLimits): Pool {
  const { connectionsMax, statementTimeoutMs = statementTimeoutMsDefault, onConnectionLost } = limits;
  const pool = new Pool({
    ...connecting,
    max: connectionsMax,
    pipeline: true,
    idleTimeoutMillis: idleTimeoutMs,
    statement_timeout: statementTimeoutMs,
    // A process that stops in a transaction would keep the locks of its keys for ever.
    idle_in_transaction_session_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs + answerGraceMs,
    types: { getTypeParser: toTypeParser },
  });
  pool.on('error', (error) => onConnectionLost?.(toStoreError(error)));
  // While a connection is in use, the pool has no listener on it, and the query reports errors.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

function toSqlDatabase(pool: Pool, watch: StoreWatch | undefined): SqlDatabase {
  let closed: Promise<void> | undefined;
  return {
    queries: new Kysely<DatabaseSchema>({
      dialect: new PostgresDialect({ pool: toKyselyPool(pool, watch) }),
      plugins: [new CamelCasePlugin()],
    }),
    dialect: postgresDialect,
    close() {
      closed ??= pool.end();
      return closed;
    },
  };
}

/** The driver gives large numbers as text. Ours are counts, bytes and milliseconds, which a number holds exactly. */
const toTypeParser: typeof types.getTypeParser = (id: number, format?: 'text' | 'binary') =>
  id === types.builtins.INT8 || id === types.builtins.NUMERIC
    ? Number
    : types.getTypeParser(id, format as 'text');

function describeFailure(url: string, error: unknown): unknown {
  if (!(error instanceof StoreError)) return error;
  return new StoreError(
    error.code,
    `The Postgres database ${toDatabasePlace(url)} can't be used. ${error.message}${wayOut(error)}`,
    error,
    { isOutage: error.isOutage },
  );
}

function wayOut({ code }: StoreError): string {
  switch (code) {
    case 'busy':
      return ' Try again later.';
    case 'full':
      return ' Make room, then try again.';
    case 'read_only':
      return ' Give the address of the primary server in DATABASE_URL.';
    case 'unavailable':
      return ' Check DATABASE_URL, and that the server runs and lets this user in.';
    case 'corrupt':
      return ' Give Gravix a separate database, or restore it from a backup.';
    case 'newer_version':
      return '';
  }
}
