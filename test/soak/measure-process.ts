import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { ServerProcess } from '../server-process.ts';

const soon = { timeout: 60_000, interval: 100 };

export const memoryReporter = join(import.meta.dirname, 'report-memory.mjs');

/** What a server holds while it serves nothing. */
export interface HeldResources {
  readonly heapBytes: number;
  readonly residentBytes: number;
  readonly engineResidentBytes: number;
  readonly descriptors: number;
}

/** Waits until nothing runs and every row is written. The server has been started with `memoryReporter`. */
export async function measureAtRest(server: ServerProcess, reportPath: string): Promise<HeldResources> {
  const readFigure = (text: string, name: string) =>
    [...text.matchAll(new RegExp(`^${name}(?:{[^}]*})? (\\S+)$`, 'gm'))].reduce(
      (sum, [, value]) => sum + Number(value),
      0,
    );
  const isAtRest = async () => {
    const answer = await fetch(`${server.url}/metrics`);
    const text = await answer.text();
    const names = ['gravix_requests_running', 'gravix_requests_waiting', 'gravix_ledger_waiting_rows'];
    return answer.ok && names.every((name) => readFigure(text, name) === 0);
  };
  await expect.poll(isAtRest, soon).toBe(true);
  rmSync(reportPath, { force: true });
  process.kill(server.pid, 'SIGUSR2');
  await expect.poll(() => existsSync(reportPath), soon).toBe(true);
  const { heapUsed } = JSON.parse(readFileSync(reportPath, 'utf8')) as NodeJS.MemoryUsage;
  const enginePid = server.enginePid();
  return {
    heapBytes: heapUsed,
    residentBytes: readResidentBytes(server.pid),
    engineResidentBytes: enginePid === undefined ? 0 : readResidentBytes(enginePid),
    descriptors: readdirSync(`/proc/${server.pid}/fd`).length,
  };
}

function readResidentBytes(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) * 1024;
}
