import type { SqlDatabase } from './sql-database.ts';

type Queries = SqlDatabase['queries'];

/**
 * All of its queries, or none. What fails is thrown as it is: SQLite rolls back by itself after some failures, a full
 * disk among them, and the second rollback's own failure would hide the first one.
 */
export async function runTransaction<Result>(
  queries: Queries,
  work: (transaction: Queries) => Promise<Result>,
): Promise<Result> {
  let failure: { readonly error: unknown } | undefined;
  try {
    return await queries.transaction().execute(async (transaction) => {
      try {
        return await work(transaction);
      } catch (error) {
        failure = { error };
        throw error;
      }
    });
  } catch (error) {
    throw failure === undefined ? error : failure.error;
  }
}
