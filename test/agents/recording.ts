import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Agent } from './agent.ts';

/** The requests of one task, in the order in which they began. */
export interface Recording {
  readonly recorded: string;
  /** The different lists of tools; each stands here once. */
  readonly toolSets: readonly unknown[];
  readonly requests: readonly CleanRequest[];
}

export interface CleanRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Without its tools; absent: none was sent. */
  readonly body?: Readonly<Record<string, unknown>>;
  /** Which of the lists of tools it has; absent: none. */
  readonly toolSet?: number;
}

/** As in the recordings. */
export const recordedFilePath = '/project/greeting.txt';

export function recordingPath({ name }: Pick<Agent, 'name'>): string {
  const file = `${name.toLowerCase().replaceAll(' ', '-')}.json`;
  return join(import.meta.dirname, 'recordings', file);
}

export function readRecording(agent: Pick<Agent, 'name'>): Recording {
  return JSON.parse(readFileSync(recordingPath(agent), 'utf8')) as Recording;
}

/** The body as it was sent. */
export function toBody({ toolSets }: Recording, { body, toolSet }: CleanRequest): object | undefined {
  return toolSet === undefined ? body : { ...body, tools: toolSets[toolSet] };
}
