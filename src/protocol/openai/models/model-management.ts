import { z } from 'zod';
import { modelNameCharactersMax } from '../chat/chat-completion-request.ts';
import { type ParsedFields, parseFields } from '../shared/parse-fields.ts';
import { type ModelEntry, modelSchema, toModel } from './model.ts';

const model = z.string().min(1).max(modelNameCharactersMax);

/** Body of `POST /models/pull`. */
export const pullRequestSchema = z
  .object({
    model: model.describe(
      'A name from the catalogue, `hf:owner/repository:QUANTIZATION`, `hf:owner/repository/file.gguf` or `ollama:name:tag`.',
    ),
    stream: z.boolean().nullish().meta({
      default: false,
      description: 'Stream the progress of the pull as server-sent events.',
    }),
  })
  .meta({ id: 'PullRequest' });

/** Ten years, in seconds. */
const keepAliveSecondsMax = 10 * 365 * 24 * 3600;

/** As Ollama reads it, which reads as Go does; at most 12 years in one unit. https://pkg.go.dev/time#ParseDuration */
const keepAlivePattern = /^(?:-1|-?(?:\d{1,5}(?:\.\d{1,3})?(?:ms|s|m|h))+)$/;

const keepAliveForm = "Expected a number of seconds, or a text such as '5m', '1h30m' or '-1'.";

/** Body of `POST /models/load`. */
export const loadRequestSchema = z
  .object({
    model: model.describe('An installed model, or an alias of one.'),
    keep_alive: z
      .union([
        z.number().min(-1).max(keepAliveSecondsMax),
        z.string().max(32).regex(keepAlivePattern, keepAliveForm),
      ])
      .nullish()
      .describe(
        'How long the model stays loaded without requests: seconds, or a text such as `5m` or `1h30m`. 0 unloads it immediately, -1 keeps it until its memory is needed. Absent: the setting `keepAliveMs`.',
      ),
  })
  .meta({ id: 'LoadRequest' });

/** Body of `POST /models/unload`. */
export const unloadRequestSchema = z.object({ model }).meta({ id: 'UnloadRequest' });

export const pullPhases = ['wait', 'download', 'copy', 'unpack', 'verify'] as const;

export const pullEventSchema = z
  .discriminatedUnion('type', [
    z.object({
      type: z.literal('progress'),
      model: z.string(),
      phase: z.enum(pullPhases).describe('`wait`: another pull is fetching the same model.'),
      source: z.string(),
      completed_bytes: z.int().min(0),
      total_bytes: z.int().min(0).nullable(),
    }),
    z.object({ type: z.literal('done'), model: modelSchema }),
  ])
  .meta({ id: 'PullEvent' });

export const modelEventSchema = z
  .object({
    type: z.enum([
      ...([
        'model.loading',
        'model.loaded',
        'model.load_failed',
        'model.unloading',
        'model.unloaded',
      ] as const),
      ...(['model.pulling', 'model.pulled', 'model.pull_failed', 'model.removed'] as const),
    ]),
    model: z.string(),
    created_at: z.int().describe('Unix time in seconds.'),
    took_ms: z.int().min(0).optional().describe('For `model.loaded`: duration of the load.'),
    reason: z.string().optional().describe('For failures.'),
  })
  .meta({ id: 'ModelEvent' });

export const modelDeletedSchema = z
  .object({
    id: z.string(),
    object: z.literal('model'),
    deleted: z.literal(true),
    freed_bytes: z.int().min(0).describe('Freed disk space. Other models may still use files of this one.'),
  })
  .meta({ id: 'ModelDeleted' });

export type WirePullEvent = z.infer<typeof pullEventSchema>;
export type WireModelEvent = z.infer<typeof modelEventSchema>;
export type WireModelDeleted = z.infer<typeof modelDeletedSchema>;

/** How far a pull is, and at its end the model. */
export type PullEntry =
  | {
      readonly type: 'progress';
      readonly phase: (typeof pullPhases)[number];
      readonly source: string;
      readonly doneBytes: number;
      readonly totalBytes: number | undefined;
    }
  | { readonly type: 'done'; readonly model: ModelEntry };

export function toPullEvent(name: string, entry: PullEntry): WirePullEvent {
  if (entry.type === 'done') return { type: 'done', model: toModel(entry.model) };
  const { type, phase, source, doneBytes, totalBytes } = entry;
  return {
    type,
    model: name,
    phase,
    source,
    completed_bytes: doneBytes,
    total_bytes: totalBytes ?? null,
  };
}

const wireTypes = {
  loading: 'model.loading',
  loaded: 'model.loaded',
  'load-failed': 'model.load_failed',
  unloading: 'model.unloading',
  unloaded: 'model.unloaded',
  pulling: 'model.pulling',
  pulled: 'model.pulled',
  'pull-failed': 'model.pull_failed',
  removed: 'model.removed',
} as const satisfies Record<string, WireModelEvent['type']>;

/** A change of the served models. */
export interface ModelChange {
  readonly type: keyof typeof wireTypes;
  readonly model: string;
  /** Milliseconds since 1970. */
  readonly atMs: number;
  readonly tookMs?: number;
  readonly reason?: string;
}

export function toModelEvent({ type, model, atMs, tookMs, reason }: ModelChange): WireModelEvent {
  return {
    type: wireTypes[type],
    model,
    created_at: Math.floor(atMs / 1000),
    ...(tookMs === undefined ? {} : { took_ms: Math.round(tookMs) }),
    ...(reason === undefined ? {} : { reason }),
  };
}

export function toModelDeleted(id: string, freedBytes: number): WireModelDeleted {
  return { id, object: 'model', deleted: true, freed_bytes: freedBytes };
}

export function parsePullRequest(body: unknown, options: { readonly strict: boolean }) {
  return parseFields(pullRequestSchema, body, options);
}

/** Body of a request that has nothing but the name of a model. */
export const modelRequestSchema = z.object({ model }).meta({ id: 'ModelRequest' });

/** Nothing else is accepted. */
export function parseModelRequest(body: unknown): string {
  return parseFields(modelRequestSchema, body, { strict: true }).fields.model;
}

export function parseUnloadRequest(body: unknown, options: { readonly strict: boolean }) {
  return parseFields(unloadRequestSchema, body, options);
}

export interface LoadFields {
  readonly model: string;
  /** Infinity: until its memory is needed. */
  readonly keepAliveMs: number | undefined;
}

export function parseLoadRequest(
  body: unknown,
  options: { readonly strict: boolean },
): ParsedFields<LoadFields> {
  const { fields, ignoredParameters } = parseFields(loadRequestSchema, body, options);
  const { model, keep_alive: keepAlive } = fields;
  return { fields: { model, keepAliveMs: toKeepAliveMs(keepAlive) }, ignoredParameters };
}

const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;

function toKeepAliveMs(given: number | string | null | undefined): number | undefined {
  if (given === undefined || given === null) return undefined;
  if (typeof given === 'number') return given < 0 ? Number.POSITIVE_INFINITY : given * 1000;
  if (given.startsWith('-')) return Number.POSITIVE_INFINITY;
  let sumMs = 0;
  for (const [, count, unit] of given.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)) {
    sumMs += Number(count) * unitMs[unit as keyof typeof unitMs];
  }
  return sumMs;
}
