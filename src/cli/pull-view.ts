import { createInterface } from 'node:readline/promises';
import type { DiskNeed } from '../catalog/free-disk.ts';
import type { PullProgress } from '../catalog/pull-progress.ts';
import { createPullProgress } from './pull-progress.ts';

/** The output of a pull, for people or programs. */
export interface PullView {
  note(text: string): void;
  report(progress: PullProgress): void;
  /** Asks whether the pull may use up the disk reserve. Absent if there is no terminal to ask on. */
  readonly confirmDisk?: (need: DiskNeed) => Promise<boolean>;
  close(): void;
}

/** Writes lines or a bar to `errorOutput`. If `input` is a terminal, it can ask questions. */
export function createTerminalPullView(errorOutput: NodeJS.WriteStream, input?: NodeJS.ReadStream): PullView {
  const progress = createPullProgress(errorOutput);
  const view: PullView = {
    note: (text) => errorOutput.write(`${text}\n`),
    report: (step) => progress.report(step),
    close: () => progress.close(),
  };
  if (input?.isTTY !== true || !errorOutput.isTTY) return view;
  return { ...view, confirmDisk: (need) => askForDisk(need, input, errorOutput) };
}

async function askForDisk(
  { neededBytes, freeBytes }: DiskNeed,
  input: NodeJS.ReadStream,
  output: NodeJS.WriteStream,
): Promise<boolean> {
  const lines = createInterface({ input, output });
  try {
    const leftMb = Math.floor((freeBytes - neededBytes) / 1_000_000);
    const answer = await lines.question(`This leaves only ${leftMb} MB free on the disk. Go on? [y/N] `);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    lines.close();
  }
}

/** One JSON object per line, for programs. */
export function createJsonPullView(output: NodeJS.WriteStream): PullView {
  const write = (event: Readonly<Record<string, unknown>>) => output.write(`${JSON.stringify(event)}\n`);
  return {
    note: (text) => write({ type: 'note', text }),
    report: (progress) => write({ type: 'progress', ...progress }),
    close: () => undefined,
  };
}
