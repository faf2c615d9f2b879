import { BackendError } from '../../backend/backend-error.ts';
import type {
  EngineCommand,
  EngineFacts,
  EngineFailure,
  EngineProgress,
  EngineProgressMessage,
  StepCounts,
} from '../engine-message.ts';

/** Handles the commands for a loaded model. */
export interface EngineRunner {
  readonly facts: EngineFacts;
  run(command: EngineCommand): void;
}

/** @param running what runs in slots; absent: nothing, or nothing of it is new. */
export type ReportProgress = (
  items: readonly EngineProgress[],
  running?: Pick<EngineProgressMessage, 'runs' | 'cacheTokens'>,
) => void;

export interface EngineRunnerParts {
  readonly report: ReportProgress;
  /** Nothing is left to do. */
  readonly rest: (counts: StepCounts) => void;
  /** The process can't continue. */
  readonly fail: (error: unknown) => void;
}

/** A request that can't be served fails alone and never affects others. */
export function toFailure(error: unknown): EngineFailure {
  if (error instanceof BackendError) {
    return { code: error.code, message: error.sentence, place: error.place };
  }
  process.stderr.write(`engine: a request failed: ${error instanceof Error ? error.stack : String(error)}\n`);
  return { code: 'engine_crashed', message: 'The engine failed on this request.' };
}

/** Both kinds of models answer these at once. */
export function answerAtOnce(
  id: string,
  find: () => Extract<EngineProgress, { type: 'answered' }>['answer'],
  report: EngineRunnerParts['report'],
): void {
  let item: EngineProgress;
  try {
    item = { id, type: 'answered', answer: find() };
  } catch (error) {
    item = { id, type: 'failed', failure: toFailure(error) };
  }
  report([item]);
}
