import type { InstalledModel } from '../../catalog/library/installed-model.ts';
import type { PullProgress } from '../../catalog/pull-progress.ts';
import type { Router } from '../../gateway/router.ts';
import { createModelNotFoundError, ServiceError } from '../service-error.ts';
import type { EventFeed } from './event-feed.ts';
import type { ModelService, ServedModel } from './models.ts';

/** An event about a model of this server. */
export interface ModelManagementEvent {
  readonly type:
    | 'loading'
    | 'loaded'
    | 'load-failed'
    | 'unloading'
    | 'unloaded'
    | 'pulling'
    | 'pulled'
    | 'pull-failed'
    | 'removed';
  readonly model: string;
  readonly atMs: number;
  /** Of `loaded`, in milliseconds. */
  readonly tookMs?: number;
  /** Of what failed: a sentence for people. */
  readonly reason?: string;
}

/** The means by which models come and go. */
export interface ModelControls {
  /** The model as it was installed. Throws `PullRefusal` for what must not be pulled this way or can't be. */
  pull(
    name: string,
    signal: AbortSignal,
    onProgress: (progress: PullProgress) => void,
  ): Promise<InstalledModel>;
  /** Throws `BackendError`. */
  load(name: string, signal: AbortSignal, keepAliveMs: number | undefined): Promise<void>;
  unload(name: string): Promise<void>;
  remove(name: string): Promise<{ readonly freedBytes: number }>;
  /** Reads the installed models again. */
  refresh(): Promise<void>;
  /** The name that a pull of this one installs. */
  toFullName(name: string): string;
}

/** Why a pull was refused or failed: a sentence for people, without a path of this machine. */
export class PullRefusal extends Error {
  /** `unknown`: there is no such model. `reference`: the reference is not allowed here. */
  readonly kind: 'unknown' | 'reference' | 'failed';

  constructor(kind: PullRefusal['kind'], message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'PullRefusal';
    this.kind = kind;
  }
}

export interface ModelManagementOptions {
  readonly router: Router;
  readonly models: ModelService;
  readonly controls: ModelControls;
  readonly feed: EventFeed<ModelManagementEvent>;
  /** The time in milliseconds since 1970. */
  readonly now: () => number;
}

/** How far a pull is, and at its end the model. */
export type ModelPullEvent =
  | ({ readonly type: 'progress' } & PullProgress)
  | { readonly type: 'done'; readonly model: ServedModel };

/** Pulling, loading, unloading and removing models. Names that are not there are `ServiceError` `model_not_found`. */
export interface ModelManagement {
  /** Ends with `done`. Throws `ServiceError` `pull_refused` or `pull_failed`, or the signal's reason. */
  pull(name: string, signal: AbortSignal): AsyncGenerator<ModelPullEvent>;
  /**
   * `keepAliveMs`: how long it stays without requests. Infinity keeps it until its memory is needed. Throws
   * `BackendError`.
   */
  load(name: string, signal: AbortSignal, keepAliveMs: number | undefined): Promise<ServedModel>;
  unload(name: string): Promise<ServedModel>;
  /** An alias is not removed: `alias_removal`. */
  remove(name: string): Promise<{ readonly freedBytes: number }>;
  /** From now on, until the signal aborts. */
  watch(signal: AbortSignal): AsyncGenerator<ModelManagementEvent>;
}

export function createModelManagement(options: ModelManagementOptions): ModelManagement {
  const { router, models, controls, feed, now } = options;

  async function findTarget(name: string): Promise<{ readonly target: string; readonly isAlias: boolean }> {
    const model = await router.find(name);
    if (model === undefined) throw createModelNotFoundError(name);
    if (model.backendKind === 'upstream') {
      throw new ServiceError(
        'remote_model',
        `'${name}' is served by '${model.ownedBy}', so it can't be loaded, unloaded or removed here.`,
        { kind: 'model' },
      );
    }
    return { target: model.aliasOf ?? model.name, isAlias: model.aliasOf !== undefined };
  }

  async function pull(
    name: string,
    signal: AbortSignal,
    onProgress: (progress: PullProgress) => void,
  ): Promise<ServedModel> {
    const model = controls.toFullName(name);
    feed.publish({ type: 'pulling', model, atMs: now() });
    try {
      const installed = await controls.pull(name, signal, onProgress);
      await controls.refresh();
      feed.publish({ type: 'pulled', model: installed.name, atMs: now() });
      return await models.get(installed.name);
    } catch (error) {
      const reason = error instanceof PullRefusal ? error.message : 'The pull was aborted.';
      feed.publish({ type: 'pull-failed', model, atMs: now(), reason });
      throw toServiceError(name, error);
    }
  }

  return {
    pull: (name, signal) => followPull((onProgress) => pull(name, signal, onProgress)),
    load: async (name, signal, keepAliveMs) => {
      const { target } = await findTarget(name);
      await controls.load(target, signal, keepAliveMs);
      return models.get(name);
    },
    unload: async (name) => {
      const { target } = await findTarget(name);
      await controls.unload(target);
      return models.get(name);
    },
    remove: async (name) => {
      const { target, isAlias } = await findTarget(name);
      if (isAlias) {
        throw new ServiceError(
          'alias_removal',
          `'${name}' is an alias that the operator defined; the model behind it is '${target}'.`,
          { kind: 'model' },
        );
      }
      await controls.unload(target);
      const removal = await controls.remove(target);
      await controls.refresh();
      feed.publish({ type: 'removed', model: target, atMs: now() });
      return removal;
    },
    watch: (signal) => feed.listen(signal),
  };
}

/** Progress is reported as fast as it is read. Intermediate values may be skipped. */
async function* followPull(
  start: (onProgress: (progress: PullProgress) => void) => Promise<ServedModel>,
): AsyncGenerator<ModelPullEvent> {
  let latest: PullProgress | undefined;
  let isOver = false;
  let wake: () => void = () => undefined;
  const pulled = start((progress) => {
    latest = progress;
    wake();
  }).finally(() => {
    isOver = true;
    wake();
  });
  pulled.catch(() => undefined);
  for (;;) {
    if (latest !== undefined) {
      const progress = latest;
      latest = undefined;
      yield { type: 'progress', ...progress };
    } else if (isOver) {
      yield { type: 'done', model: await pulled };
      return;
    } else {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }
}

function toServiceError(name: string, error: unknown): unknown {
  if (!(error instanceof PullRefusal)) return error;
  switch (error.kind) {
    case 'unknown':
      return createModelNotFoundError(name);
    case 'reference':
      return new ServiceError('pull_refused', error.message, { kind: 'model' });
    case 'failed':
      return new ServiceError('pull_failed', error.message);
  }
}
