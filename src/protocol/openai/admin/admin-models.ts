import { z } from 'zod';
import { type ModelEntry, modelSchema, toModel } from '../models/model.ts';
import { pullPhases } from '../models/model-management.ts';
import { toOptionalSeconds, toSeconds } from './wire-key.ts';

const count = z.int().min(0);
const bytes = z.int().min(0);

const fits = ['loaded', 'free', 'after_unloading', 'never'] as const;

export const adminModelSchema = modelSchema
  .extend({
    default: z.boolean().describe('The server was started with it.'),
    pinned: z.boolean().describe('It is not unloaded to make room for another model.'),
    memory_bytes: bytes
      .nullable()
      .describe('An estimate of what it needs in memory. Null for a model of another server.'),
    fit: z
      .enum(fits)
      .nullable()
      .describe(
        '`free`: it can be loaded beside what is in memory. `after_unloading`: other models have to go first. `never`: it needs more than models may have. Null for a model of another server.',
      ),
    running: count.describe('Requests that it is answering.'),
    waiting: count.describe('Requests that wait for it.'),
    slots: count
      .nullable()
      .describe('Requests that it can answer at once. Null: not known, or without a limit.'),
  })
  .meta({ id: 'AdminModel' });

export const adminModelListSchema = z
  .object({
    object: z.literal('list'),
    data: z.array(adminModelSchema),
    memory: z.object({
      limit_bytes: bytes.describe('What all models together may have.'),
      used_bytes: bytes.describe('An estimate of what the loaded ones have.'),
      machine_free_bytes: bytes,
      loaded_models: count,
      loaded_models_max: count,
    }),
  })
  .meta({ id: 'AdminModelList' });

export const modelCatalogueSchema = z
  .object({
    object: z.literal('list'),
    data: z.array(
      z.object({
        name: z.string(),
        object: z.literal('model_family'),
        description: z.string(),
        models: z.array(
          z.object({
            id: z.string().describe('The name to pull.'),
            parameter_size: z.string().describe('As its makers give it, such as `8B`.'),
            quantization: z.string(),
            context_length: count.nullable().describe('Tokens. Null: not known.'),
            license: z.string(),
            capabilities: z.array(z.enum(['chat', 'tools', 'reasoning', 'vision', 'embeddings'])),
            size_bytes: bytes.nullable(),
            size_estimated: z.boolean().describe('The size is made from the name.'),
            fits: z
              .boolean()
              .nullable()
              .describe(
                'Whether it should run in the memory that models may have. Null: its size is not known.',
              ),
          }),
        ),
      }),
    ),
  })
  .meta({ id: 'ModelCatalogue' });

export const modelPullSchema = z
  .object({
    object: z.literal('model_pull'),
    model: z.string(),
    state: z.enum(['running', 'done', 'failed', 'cancelled']),
    phase: z.enum(pullPhases).nullable(),
    source: z.string().nullable(),
    completed_bytes: bytes.nullable(),
    total_bytes: bytes.nullable(),
    created_at: z.int().describe('Unix time in seconds.'),
    ended_at: z.int().nullable(),
    reason: z.string().nullable().describe('Of a pull that failed.'),
  })
  .meta({ id: 'ModelPull' });

export const modelPullListSchema = z
  .object({ object: z.literal('list'), data: z.array(modelPullSchema) })
  .meta({ id: 'ModelPullList' });

export interface ShownModel extends ModelEntry {
  readonly isDefault: boolean;
  readonly isPinned: boolean;
  readonly needBytes: number | undefined;
  readonly fit: 'loaded' | 'free' | 'after-unloading' | 'never' | undefined;
  readonly running: number;
  readonly waiting: number;
  readonly slots: number | undefined;
}

export interface ShownMemory {
  readonly limitBytes: number;
  readonly usedBytes: number;
  readonly machineFreeBytes: number;
  readonly loadedModels: number;
  readonly loadedModelsMax: number;
}

export function toAdminModel(model: ShownModel): z.infer<typeof adminModelSchema> {
  const { isDefault, isPinned, needBytes, fit, running, waiting, slots } = model;
  return {
    ...toModel(model),
    default: isDefault,
    pinned: isPinned,
    memory_bytes: needBytes === undefined ? null : Math.round(needBytes),
    fit: fit === 'after-unloading' ? 'after_unloading' : (fit ?? null),
    running,
    waiting,
    slots: slots ?? null,
  };
}

export function toAdminModelList(
  models: readonly ShownModel[],
  memory: ShownMemory,
): z.infer<typeof adminModelListSchema> {
  return {
    object: 'list',
    data: models.map(toAdminModel),
    memory: {
      limit_bytes: Math.round(memory.limitBytes),
      used_bytes: Math.round(memory.usedBytes),
      machine_free_bytes: Math.round(memory.machineFreeBytes),
      loaded_models: memory.loadedModels,
      loaded_models_max: memory.loadedModelsMax,
    },
  };
}

type WireFamily = z.infer<typeof modelCatalogueSchema>['data'][number];

export interface ShownFamily {
  readonly name: string;
  readonly description: string;
  readonly models: readonly {
    readonly name: string;
    readonly parameterSize: string;
    readonly quantization: string;
    readonly contextLength: number | undefined;
    readonly license: string;
    readonly capabilities: readonly WireFamily['models'][number]['capabilities'][number][];
    readonly sizeBytes: number | undefined;
    readonly isSizeEstimated: boolean;
    readonly fits: boolean | undefined;
  }[];
}

export function toModelCatalogue(families: readonly ShownFamily[]): z.infer<typeof modelCatalogueSchema> {
  const data = families.map(({ name, description, models }): WireFamily => {
    const shown = models.map((model) => ({
      id: model.name,
      parameter_size: model.parameterSize,
      quantization: model.quantization,
      context_length: model.contextLength ?? null,
      license: model.license,
      capabilities: [...model.capabilities],
      size_bytes: model.sizeBytes === undefined ? null : Math.round(model.sizeBytes),
      size_estimated: model.isSizeEstimated,
      fits: model.fits ?? null,
    }));
    return { name, object: 'model_family', description, models: shown };
  });
  return { object: 'list', data };
}

export interface ShownPull {
  readonly model: string;
  readonly state: 'running' | 'done' | 'failed' | 'cancelled';
  readonly progress:
    | {
        readonly phase: (typeof pullPhases)[number];
        readonly source: string;
        readonly doneBytes: number;
        readonly totalBytes: number | undefined;
      }
    | undefined;
  readonly startedAtMs: number;
  readonly endedAtMs: number | undefined;
  readonly reason: string | undefined;
}

export function toModelPull(pull: ShownPull): z.infer<typeof modelPullSchema> {
  const { model, state, progress, startedAtMs, endedAtMs, reason } = pull;
  return {
    object: 'model_pull',
    model,
    state,
    phase: progress?.phase ?? null,
    source: progress?.source ?? null,
    completed_bytes: progress?.doneBytes ?? null,
    total_bytes: progress?.totalBytes ?? null,
    created_at: toSeconds(startedAtMs),
    ended_at: toOptionalSeconds(endedAtMs),
    reason: reason ?? null,
  };
}
