// Pulls that go on without the client who asked for them: a page may be loaded again, and another one may look.
import { BackendError } from '../../backend/backend-error.ts';
import type { PullProgress } from '../../catalog/pull-progress.ts';
import { createModelNotFoundError, ServiceError } from '../service-error.ts';
import type { ModelManagement } from './model-management.ts';

/** Pulls at once. */
export const pullsMax = 4;

/** Pulls that are over and still listed. */
export const endedPullsMax = 20;

const retryAfterMs = 10_000;

export interface ModelPull {
  /** The full name of the model. */
  readonly model: string;
  readonly state: 'running' | 'done' | 'failed' | 'cancelled';
  /** The latest; undefined where it ended without any. */
  readonly progress: PullProgress | undefined;
  /** Milliseconds since 1970. */
  readonly startedAtMs: number;
  readonly endedAtMs: number | undefined;
  /** Of one that failed: a sentence for people. */
  readonly reason: string | undefined;
}

export interface ModelPulls {
  /**
   * Resolves when the pull has begun, or joins the running one of the same model. What fails before it begins is thrown:
   * `ServiceError` `model_not_found`, `pull_refused` or `pull_failed`, and `BackendError` `overloaded`.
   */
  start(name: string): Promise<{ readonly pull: ModelPull; readonly isJoined: boolean }>;
  /** Newest first. */
  list(): readonly ModelPull[];
  /** Resolves when it has stopped. What is downloaded stays for the next pull. Throws `model_not_found` where none runs. */
  cancel(name: string): Promise<ModelPull>;
  /** Cancels all of them. */
  close(): Promise<void>;
}

export interface ModelPullsOptions {
  readonly pull: ModelManagement['pull'];
  /** The name that a pull of this one installs. */
  readonly toFullName: (name: string) => string;
  readonly now: () => number;
}

interface Running {
  state: ModelPull;
  readonly cancelling: AbortController;
  /** Rejects where it fails before its first progress. */
  readonly begun: Promise<void>;
  readonly ended: Promise<void>;
}

export function createModelPulls({ pull, toFullName, now }: ModelPullsOptions): ModelPulls {
  const running = new Map<string, Running>();
  let ended: readonly ModelPull[] = [];

  const begin = (name: string, model: string): Running => {
    const cancelling = new AbortController();
    let hasBegun = false;
    let noteBegin: (error?: unknown) => void = () => undefined;
    const begun = new Promise<void>((resolve, reject) => {
      noteBegin = (error) => (error === undefined ? resolve() : reject(error));
    });
    begun.catch(() => undefined);
    const follow = async () => {
      try {
        for await (const event of pull(name, cancelling.signal)) {
          if (event.type === 'progress') entry.state = { ...entry.state, progress: toProgress(event) };
          hasBegun = true;
          noteBegin();
        }
        end({ state: 'done' });
        noteBegin();
      } catch (error) {
        if (cancelling.signal.aborted) end({ state: 'cancelled' });
        else if (hasBegun) end({ state: 'failed', reason: toReason(error) });
        else running.delete(model);
        noteBegin(cancelling.signal.aborted ? undefined : error);
      }
    };
    const end = (how: Pick<ModelPull, 'state'> & { readonly reason?: string }) => {
      entry.state = { ...entry.state, ...how, endedAtMs: now() };
      running.delete(model);
      ended = [entry.state, ...ended].slice(0, endedPullsMax);
    };
    const state: ModelPull = {
      model,
      state: 'running',
      progress: undefined,
      startedAtMs: now(),
      endedAtMs: undefined,
      reason: undefined,
    };
    // In the next turn, when there is an entry.
    const entry: Running = { state, cancelling, begun, ended: Promise.resolve().then(follow) };
    running.set(model, entry);
    return entry;
  };

  return {
    async start(name) {
      const model = toFullName(name);
      const joined = running.get(model);
      if (joined === undefined && running.size >= pullsMax) {
        throw new BackendError('overloaded', `${pullsMax} pulls are running already.`, { retryAfterMs });
      }
      const entry = joined ?? begin(name, model);
      await entry.begun;
      return { pull: entry.state, isJoined: joined !== undefined };
    },
    list: () => {
      const states = [...running.values()].map(({ state }) => state);
      return [...states, ...ended].sort((one, other) => other.startedAtMs - one.startedAtMs);
    },
    async cancel(name) {
      const entry = running.get(toFullName(name));
      if (entry === undefined) throw createModelNotFoundError(name);
      entry.cancelling.abort(new Error('The pull was cancelled.'));
      await entry.ended;
      return entry.state;
    },
    async close() {
      const entries = [...running.values()];
      for (const { cancelling } of entries) cancelling.abort(new Error('The server is shutting down.'));
      await Promise.all(entries.map((entry) => entry.ended));
    },
  };
}

/** Of what else fails, the log has the reason. */
function toReason(error: unknown): string {
  return error instanceof ServiceError ? error.message : 'The pull failed; the log of the server says why.';
}

function toProgress({ phase, source, doneBytes, totalBytes }: PullProgress): PullProgress {
  return { phase, source, doneBytes, totalBytes };
}
