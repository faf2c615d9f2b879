// Tests with a private Postgres, which is stopped when the tests of the file are over. Where no Postgres is installed they
// are skipped with a reason.
import { afterAll, beforeAll, describe, test } from 'vitest';
import { createCluster, findPostgresPrograms, type PostgresServer, startMsMax } from './postgres-cluster.ts';

/** A suite with a Postgres of its own. */
export function describeWithPostgres(title: string, defineTests: (server: PostgresServer) => void): void {
  const programs = findPostgresPrograms();
  if (programs === undefined) {
    test(title, (context) => context.skip('no Postgres is installed here: apt-get install postgresql'));
    return;
  }
  // A Postgres that gives no sign of life within 45 ms is out, and so is one on a machine that is busy enough. What is
  // broken fails each time.
  describe(title, { retry: 2 }, () => {
    const cluster = createCluster(programs);
    beforeAll(() => cluster.start(), startMsMax * 2);
    afterAll(() => cluster.close(), startMsMax);
    defineTests(cluster);
  });
}
