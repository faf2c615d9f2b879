import type { UsageReportStore } from '../usage-report-store.ts';
import { findReservationDifferences, findSumDifferences } from './find-usage-differences.ts';
import { listLedgerRows } from './list-ledger-rows.ts';
import type { SqlDatabase } from './sql-database.ts';
import { sumUsage } from './sum-usage.ts';
import { createUsageNames } from './usage-names.ts';

/** The database belongs to the caller, who closes it. */
export function createSqlUsageReportStore({ queries }: Pick<SqlDatabase, 'queries'>): UsageReportStore {
  const names = createUsageNames(queries);
  return {
    sumUsage: (question) => sumUsage(queries, names, question),
    listLedgerRows: (question) => listLedgerRows(queries, names, question),
    findSumDifferences: (question) => findSumDifferences(queries, names, question),
    findReservationDifferences: (limit) => findReservationDifferences(queries, limit),
  };
}
