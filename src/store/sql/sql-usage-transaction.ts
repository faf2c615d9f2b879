import { type SubjectUse, toOwnerId, type UsageTransaction, type UseQuestion } from '../usage-store.ts';
import { insertLedgerRows, listNames } from './ledger-rows.ts';
import { openRequestShape, toReservationColumns } from './open-request-rows.ts';
import { type KnownDatabase, readKnownUse } from './read-known-use.ts';
import { listWindowBuckets, readSubjectUse } from './read-use.ts';
import type { RowInserts } from './row-inserts.ts';
import { settleRequests } from './settle-requests.ts';
import type { SqlDatabase, SqlDialect } from './sql-database.ts';
import { numberOf, type UsageNames } from './usage-names.ts';

type Queries = SqlDatabase['queries'];

export interface ReadAhead {
  readonly questions: readonly UseQuestion[];
  readonly uses: readonly SubjectUse[];
}

interface OpenTransaction {
  readonly queries: Queries;
  readonly dialect: SqlDialect;
  readonly names: UsageNames;
  readonly nowMs: number;
  readonly inserts: RowInserts;
  readonly known: KnownDatabase | undefined;
  /** What was read with the beginning. */
  readonly readAhead: ReadAhead | undefined;
}

/** The operations on one transaction of the database. */
export function createUsageTransaction(opened: OpenTransaction): UsageTransaction {
  const { queries, names, nowMs, inserts, known } = opened;
  let { readAhead } = opened;
  return {
    nowMs,

    async readUse(questions) {
      const ahead = readAhead;
      readAhead = undefined;
      if (ahead?.questions === questions) return ahead.uses;
      if (known !== undefined) return await readKnownUse(known, questions, opened);
      const ids = await names.toIds(questions.map(({ subject }) => toOwnerId(subject)));
      return await readSubjectUse(opened, questions, ids, nowMs);
    },

    async listBuckets(subject, width) {
      const owner = toOwnerId(subject);
      const id = numberOf(await names.toIds([owner]), owner);
      return await listWindowBuckets(queries, subject, width, { id, nowMs });
    },

    async insertOpen(requests) {
      if (requests.length === 0) return;
      const ids = await names.toIds(
        requests.flatMap(({ keyId, projectId, endpoint, model, deployment = model }) => [
          keyId,
          projectId,
          endpoint,
          model,
          deployment,
        ]),
      );
      const { columns, toValues } = openRequestShape;
      await inserts.insert(
        queries,
        { table: 'openRequests', columns },
        requests.map((request) => toValues(request, ids)),
      );
      for (const request of requests) known?.use.noteOpened(request);
    },

    async updateOpen(id, reservation) {
      const { deployment } = reservation;
      const ids = await names.toIds(deployment === undefined ? [] : [deployment]);
      const { numUpdatedRows } = await queries
        .updateTable('openRequests')
        .set(toReservationColumns(reservation, ids))
        .where('replicaId', '=', id.replicaId)
        .where('number', '=', id.number)
        .executeTakeFirst();
      if (numUpdatedRows === 1n) known?.use.noteChanged(id, reservation.reserved);
      return numUpdatedRows === 1n;
    },

    async withdraw(id) {
      await queries
        .deleteFrom('openRequests')
        .where('replicaId', '=', id.replicaId)
        .where('number', '=', id.number)
        .execute();
      known?.use.noteChanged(id, undefined);
    },

    async settle(settlements) {
      const ids = await names.toIds(listNames(settlements.map(({ row }) => row)));
      return (await settleRequests(queries, settlements, { ids, nowMs, inserts, known: known?.use })).map(
        ({ id }) => id,
      );
    },

    async insertRows(rows) {
      await insertLedgerRows(queries, rows, {
        ids: await names.toIds(listNames(rows)),
        inserts,
      });
    },
  };
}
