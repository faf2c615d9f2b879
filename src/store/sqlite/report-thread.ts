// The thread's program: answers one report after the other on its own connection, which can't write. It is an entry:
// started by its file name, imported by nobody.
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { createSqlUsageReportStore } from '../sql/sql-usage-report-store.ts';
import { StoreError } from '../store-error.ts';
import type { UsageReportStore } from '../usage-report-store.ts';
import { openForReading } from './open-for-reading.ts';
import type { ReportAnswer, ReportRequest } from './report-message.ts';

function serve(port: MessagePort, file: string): void {
  let store: UsageReportStore | undefined;
  const answer = async ({ method, question }: ReportRequest): Promise<ReportAnswer> => {
    try {
      store ??= createSqlUsageReportStore(openForReading(file));
      return { type: 'answer', value: await store[method](question as never) };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return { type: 'failure', code: error instanceof StoreError ? error.code : undefined, message };
    }
  };
  port.on('message', async (request: ReportRequest) => {
    port.postMessage(await answer(request));
  });
}

if (parentPort !== null) {
  serve(parentPort, String(workerData));
}
