// The processor time of one thread. Node 20 reports it for the whole process only; Linux has it in /proc.
import { readFileSync, readlinkSync } from 'node:fs';

/** The system's id of the calling thread. Undefined if the system does not report it. */
export function findOsThreadId(): number | undefined {
  try {
    const id = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
    return Number.isSafeInteger(id) ? id : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Processor time of a thread of this process in milliseconds. Undefined if the system does not report it, or
 * the thread is gone. Reads a kernel file, which takes microseconds.
 */
export function readProcessorMs(osThreadId: number): number | undefined {
  try {
    const [nanoseconds = ''] = readFileSync(`/proc/self/task/${osThreadId}/schedstat`, 'utf8').split(' ');
    const ms = Number(nanoseconds) / 1e6;
    return Number.isFinite(ms) ? ms : undefined;
  } catch {
    return undefined;
  }
}
