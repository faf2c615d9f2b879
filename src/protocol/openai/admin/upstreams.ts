import { z } from 'zod';
import { parseFields } from '../shared/parse-fields.ts';
import { toSeconds } from './wire-key.ts';

const count = z.int().min(0);

const upstreamSchema = z.object({
  name: z.string(),
  object: z.literal('upstream'),
  kind: z.string().describe('As in `config.yaml`, such as `vllm`.'),
  mode: z.enum(['single', 'router', 'replicas']),
  version: z.string().nullable().describe('As it says itself.'),
  models: z
    .array(z.string())
    .nullable()
    .describe('That it lists. Null: it does not say, or was not asked yet.'),
  last_failure: z
    .object({ at: z.int().describe('Unix time in seconds.'), reason: z.string() })
    .nullable()
    .describe('The last time that one of its servers was found failing.'),
});

const placeSchema = z
  .object({
    object: z.literal('place'),
    model: z.string(),
    deployment: z.string().describe('As in logs and in the ledger, such as `gpu1/llama3`.'),
    name: z.string().describe('Of the server; unique within the deployment.'),
    state: z.enum(['unloaded', 'starting', 'ready', 'failed', 'draining', 'closed']),
    breaker: z
      .enum(['closed', 'open', 'resting'])
      .describe(
        '`open`: it failed, and gets no requests. `resting`: it has too much load, and is left alone.',
      ),
    retry_in_ms: count
      .nullable()
      .describe(
        'Until the next request may try it. Null while the breaker is closed, or one request is trying it.',
      ),
    priority: z.number(),
    weight: z.number(),
    spill_over_ms: z.number().nullable(),
    running: count.describe('Requests of this server that it holds.'),
    waiting: count.describe('Requests that wait there, if it says that.'),
    slots: count.nullable(),
    cache_use: z.number().nullable().describe('The share of its KV cache that is in use, 0 to 1.'),
  })
  .meta({ id: 'UpstreamPlace' });

export const upstreamListSchema = z
  .object({
    object: z.literal('list'),
    data: z.array(upstreamSchema),
    places: z.array(placeSchema).describe('Of all models with deployments, embedded ones among them.'),
  })
  .meta({ id: 'UpstreamList' });

const nameCharactersMax = 512;
const name = z.string().min(1).max(nameCharactersMax);

export const drillRequestSchema = z
  .object({
    deployment: name.describe('Such as `gpu1/llama3`, or a model with one deployment.'),
    model: name.optional().describe('The model whose deployment it is, if several models have it.'),
  })
  .meta({ id: 'DrillRequest' });

const trialSchema = z
  .object({
    held: z.boolean(),
    outcome: z.string().describe('What a client gets, such as `502 upstream_error`.'),
    problems: z.array(z.string()),
    elapsed_ms: count,
    requests: count.describe('That reached the upstream.'),
  })
  .meta({ id: 'DrillTrial' });

export const drillSchema = z
  .object({
    object: z.literal('drill'),
    deployment: z.string(),
    model: z.string(),
    kind: z.string(),
    held: count.describe('Requests that got what is promised.'),
    broken: count,
    faults: z.array(z.object({ fault: z.string(), streamed: trialSchema, plain: trialSchema.nullable() })),
  })
  .meta({ id: 'Drill' });

/** Nothing else is accepted. */
export function parseDrillRequest(body: unknown): z.infer<typeof drillRequestSchema> {
  return parseFields(drillRequestSchema, body, { strict: true }).fields;
}

interface UpstreamEntry {
  readonly name: string;
  readonly kind: string;
  readonly mode: 'single' | 'router' | 'replicas';
  readonly version: string | undefined;
  readonly models: readonly string[] | undefined;
  readonly lastFailure: { readonly atMs: number; readonly reason: string } | undefined;
}

interface PlaceEntry {
  readonly modelName: string;
  readonly deploymentName: string;
  readonly placeName: string;
  readonly isOpen: boolean;
  readonly isFailing: boolean;
  readonly msUntilPass: number;
  readonly priority: number;
  readonly weight: number;
  readonly spillOverMs: number | undefined;
  readonly state: z.infer<typeof placeSchema>['state'];
  readonly running: number;
  readonly load: {
    readonly waiting: number;
    readonly slots: number | undefined;
    readonly cacheUse: number | undefined;
  };
}

export function toUpstreamList(
  upstreams: readonly UpstreamEntry[],
  places: readonly PlaceEntry[],
): z.infer<typeof upstreamListSchema> {
  return { object: 'list', data: upstreams.map(toUpstream), places: places.map(toPlace) };
}

function toUpstream(entry: UpstreamEntry): z.infer<typeof upstreamSchema> {
  const { lastFailure } = entry;
  return {
    name: entry.name,
    object: 'upstream',
    kind: entry.kind,
    mode: entry.mode,
    version: entry.version ?? null,
    models: entry.models === undefined ? null : [...entry.models],
    last_failure:
      lastFailure === undefined ? null : { at: toSeconds(lastFailure.atMs), reason: lastFailure.reason },
  };
}

function toPlace(place: PlaceEntry): z.infer<typeof placeSchema> {
  const { isOpen, isFailing, msUntilPass, load } = place;
  const isTimed = isOpen && Number.isFinite(msUntilPass);
  return {
    object: 'place',
    model: place.modelName,
    deployment: place.deploymentName,
    name: place.placeName,
    state: place.state,
    breaker: isFailing ? 'open' : isOpen ? 'resting' : 'closed',
    retry_in_ms: isTimed ? Math.max(0, Math.round(msUntilPass)) : null,
    priority: place.priority,
    weight: place.weight,
    spill_over_ms: place.spillOverMs ?? null,
    running: place.running,
    waiting: load.waiting,
    slots: load.slots ?? null,
    cache_use: load.cacheUse ?? null,
  };
}

interface TrialEntry {
  readonly isHeld: boolean;
  readonly outcome: string;
  readonly problems: readonly string[];
  readonly elapsedMs: number;
  readonly requests: number;
}

interface DrillEntry {
  readonly deployment: string;
  readonly model: string;
  readonly kind: string;
  readonly heldCount: number;
  readonly brokenCount: number;
  readonly faults: readonly {
    readonly fault: string;
    readonly plain?: TrialEntry;
    readonly streamed: TrialEntry;
  }[];
}

export function toDrill(report: DrillEntry): z.infer<typeof drillSchema> {
  const { deployment, model, kind, heldCount, brokenCount, faults } = report;
  return {
    object: 'drill',
    deployment,
    model,
    kind,
    held: heldCount,
    broken: brokenCount,
    faults: faults.map(({ fault, streamed, plain }) => ({
      fault,
      streamed: toTrial(streamed),
      plain: plain === undefined ? null : toTrial(plain),
    })),
  };
}

function toTrial({
  isHeld,
  outcome,
  problems,
  elapsedMs,
  requests,
}: TrialEntry): z.infer<typeof trialSchema> {
  return {
    held: isHeld,
    outcome,
    problems: [...problems],
    elapsed_ms: Math.max(0, Math.round(elapsedMs)),
    requests,
  };
}
