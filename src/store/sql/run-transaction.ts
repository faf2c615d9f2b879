import type { SqlDatabase } from './sql-database.ts';

type Queries = SqlDatabase['queries'];

/**
 * Runs all queries or none. Errors are thrown unchanged: after some failures, such as a full disk, SQLite has
 * already rolled back, and the error of a second rollback would hide the first one.
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
