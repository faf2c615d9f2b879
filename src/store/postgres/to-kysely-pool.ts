import { createHash } from 'node:crypto';
import type { PostgresPool, PostgresPoolClient } from 'kysely';
import { DatabaseError, type Pool, type PoolClient } from 'pg';
import { deferredMark, preparedMark } from '../sql/statement-marks.ts';
import type { StoreWatch } from '../store-watch.ts';
import { toStoreError } from './to-store-error.ts';

/**
 * The view of a pool that Kysely's dialect asks for. Its connections send queries without a wait for the answers to earlier
 * ones (pg's option `pipeline`). It adds six things:
 *
 * - Every failed query is thrown as a `StoreError`.
 * - A connection that failed is closed instead of used again: after a time-out its statement may still be running.
 * - A character that Postgres can't keep is replaced.
 * - During an outage every query fails at once, and connections from before it are not used again.
 * - The beginning of a transaction, and a statement with `deferredMark`, is sent together with the next one. It fails with it.
 * - A statement with `preparedMark` is prepared once for each connection.
 */
export function toKyselyPool(pool: Pool, watch: StoreWatch | undefined): PostgresPool {
  const names = createStatementNames();
  const guard: Guard = watch === undefined ? (query) => query() : (query) => watch.guard(query);
  /** The number of outages when a connection was made. */
  const outages = new WeakMap<object, number>();
  pool.on('connect', (client) => outages.set(client, watch?.outages ?? 0));

  async function connect(): Promise<PoolClient> {
    for (;;) {
      const client = await take(pool, guard);
      if (outages.get(client) === (watch?.outages ?? 0)) return client;
      client.release(true);
    }
  }
  return {
    connect: async () => toKyselyClient(await connect(), guard, names),
    end: () => pool.end(),
  };
}

type Guard = <Result>(query: () => Promise<Result>) => Promise<Result>;

/** A connection that comes too late goes back. */
async function take(pool: Pool, guard: Guard): Promise<PoolClient> {
  let taken: Promise<PoolClient> | undefined;
  try {
    return await guard(async () => {
      taken = pool.connect();
      try {
        return await taken;
      } catch (error) {
        throw toStoreError(error);
      }
    });
  } catch (error) {
    taken?.then(
      (client) => client.release(true),
      () => undefined,
    );
    throw error;
  }
}

function toKyselyClient(client: PoolClient, guard: Guard, names: StatementNames): PostgresPoolClient {
  let failure: Error | undefined;
  /** Statements that were sent and not waited for. */
  let deferred: Promise<unknown>[] = [];

  async function send(text: string, parameters: readonly unknown[]) {
    // Otherwise a rollback would wait for the slow statement to finish.
    if (failure !== undefined) throw failure;
    try {
      return await guard(() => runQuery(client, names, text, parameters));
    } catch (error) {
      const isAnswer = error instanceof Error && error.cause instanceof DatabaseError;
      if (error instanceof Error && !isAnswer && !(error instanceof DatabaseError)) failure = error;
      throw error;
    }
  }
  async function query(text: string, parameters: readonly unknown[]) {
    const sent = send(text, parameters);
    if (text === 'begin' || text.startsWith(deferredMark)) {
      deferred.push(sent);
      // The next query has its error.
      sent.catch(() => undefined);
      return { command: '', rowCount: 0, rows: [] };
    }
    const earlier = deferred;
    deferred = [];
    // After a failure Postgres refuses the rest of a transaction: what failed first is the reason.
    const [first] = (await Promise.allSettled([...earlier, sent])).filter(
      ({ status }) => status === 'rejected',
    );
    if (first?.status === 'rejected' && text !== 'rollback') throw first.reason;
    return await sent;
  }
  return {
    // Kysely's type has a second form, for cursors, which we don't use.
    query: query as unknown as PostgresPoolClient['query'],
    release: () => client.release(failure),
  };
}

async function runQuery(
  client: PoolClient,
  names: StatementNames,
  text: string,
  parameters: readonly unknown[],
) {
  const values = parameters.map(toParameter);
  const name = names.find(text);
  try {
    return await client.query(name === undefined ? { text, values } : { name, text, values });
  } catch (error) {
    names.note(error);
    throw toStoreError(error);
  }
}

interface StatementNames {
  /** Under which a statement is prepared; undefined: it is not. */
  find(text: string): string | undefined;
  note(error: unknown): void;
}

const preparedMarks = [preparedMark, `${deferredMark}${preparedMark}`];

/** What was prepared on this connection is not there, or something else is. */
const foreignStatementCodes = ['26000', '42P05'];

/** A pooler in between may give each transaction another connection, on which nothing is prepared: then nothing is any more. */
function createStatementNames(): StatementNames {
  const names = new Map<string, string>();
  let isPrepared = true;
  return {
    find(text) {
      if (!isPrepared || !preparedMarks.some((mark) => text.startsWith(mark))) return undefined;
      const name = names.get(text) ?? createHash('sha256').update(text).digest('hex').slice(0, 32);
      names.set(text, name);
      return name;
    },
    note(error) {
      if (error instanceof DatabaseError && foreignStatementCodes.includes(error.code ?? ''))
        isPrepared = false;
    },
  };
}

/**
 * No text in Postgres has a NUL, so nothing is found by one. The replacement is what Node.js sends for a lone surrogate.
 * What is kept is JSON, in which both are escaped.
 */
function toParameter(parameter: unknown): unknown {
  return typeof parameter === 'string' ? parameter.replaceAll('\0', '\uFFFD') : parameter;
}
