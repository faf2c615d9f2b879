// SQLite runs in the calling thread. Reports read many rows, so they run in a thread of their own, one at a time.
import type { Worker } from 'node:worker_threads';
import { startThread } from '../../threads/start-thread.ts';
import { StoreError } from '../store-error.ts';
import type { UsageReportStore } from '../usage-report-store.ts';
import type { ReportAnswer, ReportMethod, ReportRequest } from './report-message.ts';

export interface ReportLimits {
  /** Reports that wait or run at once; one more is refused. */
  readonly reportsMax: number;
  /** How long a report may take, its wait included, in milliseconds. */
  readonly reportMsMax: number;
}

export const reportLimitsDefault: ReportLimits = { reportsMax: 16, reportMsMax: 30_000 };

export interface ReportWorker extends UsageReportStore {
  /** Ends the thread; what waits fails. May be called twice. */
  close(): Promise<void>;
}

interface Report {
  readonly request: ReportRequest;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  readonly timer: NodeJS.Timeout;
}

/** The thread starts with the first report. `file`: a database that is open already, with the newest schema. */
export function createReportWorker(file: string, limits: ReportLimits = reportLimitsDefault): ReportWorker {
  const { reportsMax, reportMsMax } = limits;
  /** The first one runs. */
  const reports: Report[] = [];
  let worker: Worker | undefined;
  let isClosed = false;

  const end = (report: Report | undefined, finish: (report: Report) => void) => {
    if (report === undefined) return;
    clearTimeout(report.timer);
    reports.splice(reports.indexOf(report), 1);
    finish(report);
  };
  const next = () => {
    const [first] = reports;
    if (first === undefined) return worker?.unref();
    worker ??= start();
    worker.ref();
    worker.postMessage(first.request);
  };
  const start = () => {
    const program = { besideUrl: import.meta.url, fileName: 'report-thread' };
    const started = startThread(program, { name: 'reports', workerData: file });
    const fail = (cause: unknown) => {
      if (worker !== started) return;
      worker = undefined;
      end(reports[0], ({ reject }) =>
        reject(new StoreError('unavailable', 'The thread of reports ended.', cause)),
      );
      next();
    };
    started.on('message', (answer: ReportAnswer) => {
      if (worker !== started) return;
      end(reports[0], (report) => settle(report, answer));
      next();
    });
    started.on('error', fail);
    started.on('exit', fail);
    return started;
  };
  /** A query can't be stopped from outside: its thread is left to end with it. */
  const giveUp = (report: Report) => {
    const isRunning = reports[0] === report;
    const message = `A report took longer than ${reportMsMax} ms. Ask for a shorter time or fewer groups.`;
    end(report, ({ reject }) => reject(new StoreError('busy', message)));
    if (!isRunning) return;
    void worker?.terminate();
    worker = undefined;
    next();
  };
  const ask = (method: ReportMethod, question: unknown): Promise<never> =>
    new Promise((resolve, reject) => {
      if (isClosed) return reject(new StoreError('unavailable', 'The database is closed.'));
      if (reports.length >= reportsMax) {
        return reject(new StoreError('busy', `${reportsMax} reports are waiting already. Try again later.`));
      }
      const report: Report = {
        request: { method, question },
        resolve: resolve as (value: unknown) => void,
        reject,
        timer: setTimeout(() => giveUp(report), reportMsMax),
      };
      reports.push(report);
      if (reports.length === 1) next();
    });
  return {
    sumUsage: (question) => ask('sumUsage', question),
    listLedgerRows: (question) => ask('listLedgerRows', question),
    findSumDifferences: (question) => ask('findSumDifferences', question),
    findReservationDifferences: (limit) => ask('findReservationDifferences', limit),
    async close() {
      isClosed = true;
      const ended = worker;
      worker = undefined;
      for (const report of [...reports]) {
        end(report, ({ reject }) => reject(new StoreError('unavailable', 'The database is closed.')));
      }
      await ended?.terminate();
    },
  };
}

function settle({ resolve, reject }: Report, answer: ReportAnswer): void {
  if (answer.type === 'answer') {
    resolve(answer.value);
    return;
  }
  const { code, message } = answer;
  reject(code === undefined ? new Error(message) : new StoreError(code, message));
}
