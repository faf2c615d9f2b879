// Tests with a private Postgres, which is stopped when the tests of the file are over. Where no Postgres is installed they
// are skipped with a reason.
import { afterAll, beforeAll, describe, test } from 'vitest';
import { createCluster, findPostgresPrograms, type PostgresServer, startMsMax } from './postgres-cluster.ts';

/**
 * A suite with a Postgres of its own.
 *
 * @param options `retry`: further tries of a test that fails, 2 by default. 0 where chance decides what a test finds.
 */
export function describeWithPostgres(
  title: string,
  defineTests: (server: PostgresServer) => void,
  { retry = 2 }: { readonly retry?: number } = {},
): void {
  const programs = findPostgresPrograms();
  if (programs === undefined) {
    test(title, (context) => context.skip('no Postgres is installed here: apt-get install postgresql'));
    return;
  }
  // A Postgres that gives no sign of life within 45 ms is out, and so is one on a machine that is busy enough. What is
  // broken fails each time.
  describe(title, { retry }, () => {
    const cluster = createCluster(programs);
    beforeAll(() => cluster.start(), startMsMax * 2);
    afterAll(() => cluster.close(), startMsMax);
    defineTests(cluster);
  });
}
