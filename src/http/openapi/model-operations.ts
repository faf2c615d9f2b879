import { toOpenAiJavaScript, toOpenAiPython } from './code-samples.ts';
import { modelParameter } from './common-parameters.ts';
import type { Operation } from './operation.ts';
import { toJavaScriptString, toPythonString, toUrlPart } from './quote-in-sample.ts';

export const listModelsOperation: Operation = {
  id: 'listModels',
  tag: 'Models',
  summary: 'List the models',
  description:
    "All models that this server serves, including aliases. With the header `anthropic-version` the answer is Anthropic's list of the models that chat, in pages with `limit`, `after_id` and `before_id`.",
  answers: {
    200: {
      description: 'The models.',
      content: {
        'application/json': {
          anyOf: [
            { $ref: '#/components/schemas/ModelList' },
            { $ref: '#/components/schemas/AnthropicModelList' },
          ],
        },
      },
    },
  },
  errors: ['invalid_api_key'],
  toSamples: (context) => ({
    curl: `curl ${context.serverUrl}${context.base}/models \\
  -H "Authorization: Bearer $GRAVIXLAYER_API_KEY"\n`,
    python: toOpenAiPython(context, 'for model in client.models.list():\n    print(model.id)'),
    javascript: toOpenAiJavaScript(
      context,
      'for await (const model of client.models.list()) {\n  console.log(model.id);\n}',
    ),
  }),
};

export const getModelOperation: Operation = {
  id: 'getModel',
  tag: 'Models',
  summary: 'Get a model',
  description:
    "A model, or an alias and the model behind it. With the header `anthropic-version` the answer has Anthropic's form.",
  parameters: [modelParameter],
  answers: {
    200: {
      description: 'The model.',
      content: {
        'application/json': {
          anyOf: [{ $ref: '#/components/schemas/Model' }, { $ref: '#/components/schemas/AnthropicModel' }],
        },
      },
    },
  },
  errors: ['invalid_api_key', 'model_not_found', 'unknown_url'],
  toSamples: (context) => ({
    curl: `curl ${context.serverUrl}${context.base}/models/${toUrlPart(context.model)} \\
  -H "Authorization: Bearer $GRAVIXLAYER_API_KEY"\n`,
    python: toOpenAiPython(
      context,
      `model = client.models.retrieve(${toPythonString(context.model)})\nprint(model.id, model.owned_by)`,
    ),
    javascript: toOpenAiJavaScript(
      context,
      `const model = await client.models.retrieve(${toJavaScriptString(context.model)});\nconsole.log(model.id, model.owned_by);`,
    ),
  }),
};
