import { toEventSchema } from './chat-operation.ts';
import { compatParameter } from './common-parameters.ts';
import type { CodeSamples, Operation, SampleSurroundings } from './operation.ts';

const adminNote =
  'Only with a key of the scope `admin`: the first key of the server, or one made with `gravix keys create --admin`.';

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
  description: `Fetches a model from a registry into this server, checks it, and serves it from then on. A pull that is broken off goes on where it was when it is asked for again. ${adminNote}`,
  parameters: [compatParameter],
  body: {
    schema: { $ref: '#/components/schemas/PullRequest' },
    toExample: (surroundings) => ({ model: surroundings.model, stream: true }),
  },
  answers: {
    200: {
      description:
        'The model, now installed; with `stream: true` how far the pull is, and at the end the model.',
      headers: ['x-ignored-params'],
      content: {
        'application/json': model,
        'text/event-stream': toEventSchema('PullEvent'),
      },
    },
  },
  errors: [...commonErrors, 'pull_refused', 'pull_failed'],
  toSamples: (surroundings) => toSamples(surroundings, 'POST', 'models/pull', { model: surroundings.model }),
};

export const loadModelOperation: Operation = {
  id: 'loadModel',
  tag: 'Models',
  summary: 'Load a model',
  description: `Loads a model before its first request, and says how long it stays. Others may have to leave. ${adminNote}`,
  parameters: [compatParameter],
  body: {
    schema: { $ref: '#/components/schemas/LoadRequest' },
    toExample: (surroundings) => ({ model: surroundings.model, keep_alive: '30m' }),
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
  toSamples: (surroundings) =>
    toSamples(surroundings, 'POST', 'models/load', { model: surroundings.model, keep_alive: '30m' }),
};

export const unloadModelOperation: Operation = {
  id: 'unloadModel',
  tag: 'Models',
  summary: 'Unload a model',
  description: `Finishes what the model is generating and frees its memory. Its next request loads it again. ${adminNote}`,
  parameters: [compatParameter],
  body: {
    schema: { $ref: '#/components/schemas/UnloadRequest' },
    toExample: (surroundings) => ({ model: surroundings.model }),
  },
  answers: { 200: { ...modelAnswer, headers: ['x-ignored-params'] } },
  errors: commonErrors,
  toSamples: (surroundings) =>
    toSamples(surroundings, 'POST', 'models/unload', { model: surroundings.model }),
};

export const deleteModelOperation: Operation = {
  id: 'deleteModel',
  tag: 'Models',
  summary: 'Remove a model',
  description: `Unloads a model and removes its files. ${adminNote}`,
  parameters: [
    {
      name: 'model',
      in: 'path',
      description: 'Name of the model. It may hold `:` and `/`, raw or percent-encoded.',
      schema: { type: 'string', minLength: 1 },
    },
  ],
  answers: {
    200: {
      description: 'It is gone.',
      content: { 'application/json': { $ref: '#/components/schemas/ModelDeleted' } },
    },
  },
  errors: ['invalid_api_key', 'insufficient_permissions', 'model_not_found', 'alias_removal', 'unknown_url'],
  toSamples: (surroundings) => toSamples(surroundings, 'DELETE', `models/${surroundings.model}`),
};

export const watchModelsOperation: Operation = {
  id: 'watchModels',
  tag: 'Models',
  summary: 'Watch the models',
  description: `Tells as server-sent events what happens to models from now on, until the client leaves. ${adminNote}`,
  answers: {
    200: {
      description: 'The events.',
      content: { 'text/event-stream': toEventSchema('ModelEvent') },
    },
  },
  errors: ['invalid_api_key', 'insufficient_permissions'],
  toSamples: (surroundings) => toSamples(surroundings, 'GET', 'models/events'),
};

/** No client library has these: each language's own means. */
function toSamples(
  { serverUrl, base }: SampleSurroundings,
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  body?: object,
): CodeSamples {
  const url = `${serverUrl}${base}/${path}`;
  const json = body === undefined ? undefined : JSON.stringify(body);
  const curlBody = json === undefined ? '' : ` \\\n  -H "Content-Type: application/json" \\\n  -d '${json}'`;
  const pythonBody = json === undefined ? '' : `,\n    data=json.dumps(${json}).encode()`;
  const pythonType = json === undefined ? '' : ',\n        "Content-Type": "application/json"';
  const javaScriptBody = json === undefined ? '' : `\n  body: JSON.stringify(${json}),`;
  const javaScriptType = json === undefined ? '' : `\n    'Content-Type': 'application/json',`;
  return {
    curl: `curl -N -X ${method} "${url}" \\\n  -H "Authorization: Bearer $GRAVIXLAYER_API_KEY"${curlBody}\n`,
    python: `import json
import os
from urllib.request import Request, urlopen

request = Request(
    "${url}",
    method="${method}",
    headers={
        "Authorization": "Bearer " + os.environ["GRAVIXLAYER_API_KEY"]${pythonType},
    }${pythonBody},
)
with urlopen(request) as answer:
    for line in answer:
        print(line.decode(), end="")
`,
    javascript: `const answer = await fetch('${url}', {
  method: '${method}',
  headers: {
    Authorization: \`Bearer \${process.env.GRAVIXLAYER_API_KEY}\`,${javaScriptType}
  },${javaScriptBody}
});
for await (const piece of answer.body) process.stdout.write(piece);
`,
  };
}
