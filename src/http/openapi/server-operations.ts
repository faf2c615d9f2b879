import {
  filterCapabilities,
  filterKinds,
  modelOrders,
  searchCharactersMax,
} from '../../protocol/openai/models/models-query.ts';
import { toOpenSamples } from './code-samples.ts';
import type { CodeSamples, Operation, SampleContext } from './operation.ts';

export const getHealthOperation: Operation = {
  id: 'getHealth',
  tag: 'Server',
  summary: 'Is the server alive?',
  description: 'The process is alive and takes requests.',
  answers: {
    200: {
      description: 'It is alive.',
      content: { 'application/json': { $ref: '#/components/schemas/Health' } },
    },
  },
  errors: [],
  toSamples: (context) => toOpenSamples(context, '/health'),
};

export const getReadyOperation: Operation = {
  id: 'getReady',
  tag: 'Server',
  summary: 'Can a request be served now?',
  description:
    'Fails while the server is starting or shutting down, and while no model is loaded. An outage of the database does not make it fail: `database` is then `degraded`.',
  answers: {
    200: {
      description: 'It can.',
      content: { 'application/json': { $ref: '#/components/schemas/Readiness' } },
    },
    503: {
      description: 'No request can be served.',
      content: { 'application/json': { $ref: '#/components/schemas/Readiness' } },
    },
  },
  errors: [],
  toSamples: (context) => toOpenSamples(context, '/ready'),
};

export const getMetricsOperation: Operation = {
  id: 'getMetrics',
  tag: 'Server',
  summary: 'Figures for Prometheus',
  description:
    'The metrics of this server in the text format of Prometheus. Needs a key with the scope `metrics`, or none if the setting `metrics` is `open`.',
  answers: { 200: { description: 'The metrics.', content: { 'text/plain': { type: 'string' } } } },
  errors: ['invalid_api_key', 'insufficient_permissions'],
  toSamples: toMetricsSamples,
};

export const getOpenApiOperation: Operation = {
  id: 'getOpenApi',
  tag: 'Server',
  summary: 'This document',
  description: 'The OpenAPI 3.1 document of this server. Needs no key if the setting `pages` is `open`.',
  answers: { 200: { description: 'The document.', content: { 'application/json': { type: 'object' } } } },
  errors: ['invalid_api_key'],
  toSamples: (context) => toOpenSamples(context, '/openapi.json'),
};

export const getDocsOperation: Operation = {
  id: 'getDocs',
  tag: 'Server',
  summary: 'The documentation as pages',
  description:
    'Pages for people: the reference, generated from this document, and the guides. Needs no key if the setting `pages` is `open`.',
  answers: { 200: { description: 'The page.', content: { 'text/html': { type: 'string' } } } },
  errors: ['invalid_api_key'],
  toSamples: (context) => toPageSamples(context, '/docs'),
};

export const getModelsPageOperation: Operation = {
  id: 'getModelsPage',
  tag: 'Server',
  summary: 'The models as a page',
  description:
    'The Models page: every model that this server serves, with samples, and every model that it can pull by name. Needs no key if the setting `pages` is `open`.',
  parameters: [
    {
      name: 'q',
      in: 'query',
      description: 'Words that the name or the facts of a model must contain.',
      schema: { type: 'string', maxLength: searchCharactersMax },
    },
    {
      name: 'capability',
      in: 'query',
      description: 'A required capability. Empty: any.',
      schema: { type: 'string', enum: ['', ...Object.keys(filterCapabilities)] },
    },
    {
      name: 'show',
      in: 'query',
      description: 'Served or available models. Empty: both.',
      schema: { type: 'string', enum: ['', ...Object.keys(filterKinds)] },
    },
    {
      name: 'sort',
      in: 'query',
      description: 'The order. Empty: the default model first, and models that chat before others.',
      schema: { type: 'string', enum: ['', ...Object.keys(modelOrders)] },
    },
  ],
  answers: {
    200: {
      description: 'The page.',
      headers: ['x-ignored-params'],
      content: { 'text/html': { type: 'string' } },
    },
  },
  errors: ['invalid_api_key'],
  hasRequestErrors: true,
  toSamples: (context) => toPageSamples(context, '/models'),
};

/** Reading text that a key may read. */
function toMetricsSamples({ serverUrl }: SampleContext): CodeSamples {
  return {
    curl: `curl ${serverUrl}/metrics \\
  -H "Authorization: Bearer $GRAVIXLAYER_API_KEY"\n`,
    python: `import os
from urllib.request import Request, urlopen

request = Request(
    "${serverUrl}/metrics",
    headers={"Authorization": f"Bearer {os.environ['GRAVIXLAYER_API_KEY']}"},
)
with urlopen(request) as answer:
    print(answer.read().decode())
`,
    javascript: `const answer = await fetch('${serverUrl}/metrics', {
  headers: { authorization: \`Bearer \${process.env.GRAVIXLAYER_API_KEY}\` },
});
console.log(await answer.text());
`,
  };
}

/** Opening a page. */
function toPageSamples({ serverUrl }: SampleContext, path: string): CodeSamples {
  return {
    curl: `curl ${serverUrl}${path}\n`,
    python: `import webbrowser\n\nwebbrowser.open("${serverUrl}${path}")\n`,
    javascript: `const answer = await fetch('${serverUrl}${path}');\nconsole.log(await answer.text());\n`,
  };
}
