import { toEventSchema } from './chat-operation.ts';
import { toFetchSamples, toPlainSamples } from './code-samples.ts';
import { compatParameter, modelParameter } from './common-parameters.ts';
import type { Operation } from './operation.ts';
import { toUrlPart } from './quote-in-sample.ts';

const adminNote =
  'Requires a key with the scope `admin`: the first key of the server, or a key from `gravix keys create --admin`.';

const model = { $ref: '#/components/schemas/Model' };
const modelAnswer = { description: 'The model.', content: { 'application/json': model } };
const commonErrors = [
  'malformed_body',
  'invalid_api_key',
  'insufficient_permissions',
  'model_not_found',
] as const;

export const pullModelOperation: Operation = {
  id: 'pullModel',
  tag: 'Models',
  summary: 'Pull a model',
  description: `Downloads a model from a registry, verifies it, and serves it. Repeating an interrupted pull resumes it. ${adminNote}`,
  parameters: [compatParameter],
  body: {
    schema: { $ref: '#/components/schemas/PullRequest' },
    toExample: (context) => ({ model: context.model, stream: true }),
  },
  answers: {
    200: {
      description: 'The installed model. With `stream: true`, the progress, and the model at the end.',
      headers: ['x-ignored-params'],
      content: {
        'application/json': model,
        'text/event-stream': toEventSchema('PullEvent'),
      },
    },
  },
  errors: [...commonErrors, 'pull_refused', 'pull_failed'],
  toSamples: (context) => toFetchSamples(context, '/models/pull', { model: context.model }),
};

export const loadModelOperation: Operation = {
  id: 'loadModel',
  tag: 'Models',
  summary: 'Load a model',
  description: `Loads a model before its first request and sets how long it stays. Other models may be unloaded to make room. ${adminNote}`,
  parameters: [compatParameter],
  body: {
    schema: { $ref: '#/components/schemas/LoadRequest' },
    toExample: (context) => ({ model: context.model, keep_alive: '30m' }),
  },
  answers: { 200: { ...modelAnswer, headers: ['x-ignored-params'] } },
  errors: [
    ...commonErrors,
    ...([
      'overloaded',
      'model_loading',
      'insufficient_memory',
      'model_unavailable',
      'engine_crashed',
    ] as const),
  ],
  toSamples: (context) =>
    toFetchSamples(context, '/models/load', { model: context.model, keep_alive: '30m' }),
};

export const unloadModelOperation: Operation = {
  id: 'unloadModel',
  tag: 'Models',
  summary: 'Unload a model',
  description: `Finishes running requests of the model and frees its memory. Its next request loads it again. ${adminNote}`,
  parameters: [compatParameter],
  body: {
    schema: { $ref: '#/components/schemas/UnloadRequest' },
    toExample: (context) => ({ model: context.model }),
  },
  answers: { 200: { ...modelAnswer, headers: ['x-ignored-params'] } },
  errors: commonErrors,
  toSamples: (context) => toFetchSamples(context, '/models/unload', { model: context.model }),
};

export const deleteModelOperation: Operation = {
  id: 'deleteModel',
  tag: 'Models',
  summary: 'Remove a model',
  description: `Unloads a model and deletes its files. ${adminNote}`,
  parameters: [modelParameter],
  answers: {
    200: {
      description: 'The model was removed.',
      content: { 'application/json': { $ref: '#/components/schemas/ModelDeleted' } },
    },
  },
  errors: ['invalid_api_key', 'insufficient_permissions', 'model_not_found', 'alias_removal', 'unknown_url'],
  toSamples: (context) => toPlainSamples(context, 'DELETE', `/models/${toUrlPart(context.model)}`),
};

export const watchModelsOperation: Operation = {
  id: 'watchModels',
  tag: 'Models',
  summary: 'Watch the models',
  description: `Streams events about models as server-sent events until the client disconnects. ${adminNote}`,
  answers: {
    200: {
      description: 'The events.',
      content: { 'text/event-stream': toEventSchema('ModelEvent') },
    },
  },
  errors: ['invalid_api_key', 'insufficient_permissions'],
  toSamples: (context) => toPlainSamples(context, 'GET', '/models/events'),
};
