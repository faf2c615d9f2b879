// The processor time of one thread. Node 20 tells that of the whole process only; Linux has it in /proc.
import { readFileSync, readlinkSync } from 'node:fs';

/** The system's number of the calling thread; undefined where the system does not tell it. */
export function findOsThreadId(): number | undefined {
  try {
    const id = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
    return Number.isSafeInteger(id) ? id : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Milliseconds that a thread of this process has had a processor; undefined where the system does not tell, or the thread
 * is gone. Reads a file that the kernel makes, in some microseconds.
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
