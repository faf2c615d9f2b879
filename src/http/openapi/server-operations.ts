import { toOpenSamples } from './code-samples.ts';
import type { Operation } from './operation.ts';

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
  toSamples: (surroundings) => toOpenSamples(surroundings, '/health'),
};

export const getReadyOperation: Operation = {
  id: 'getReady',
  tag: 'Server',
  summary: 'Can a request be served now?',
  description: 'Not while the server is starting or draining, nor while no model is loaded.',
  answers: {
    200: {
      description: 'It can.',
      content: { 'application/json': { $ref: '#/components/schemas/Readiness' } },
    },
    503: {
      description: 'It can not.',
      content: { 'application/json': { $ref: '#/components/schemas/Readiness' } },
    },
  },
  errors: [],
  toSamples: (surroundings) => toOpenSamples(surroundings, '/ready'),
};

export const getOpenApiOperation: Operation = {
  id: 'getOpenApi',
  tag: 'Server',
  summary: 'This document',
  description: 'The OpenAPI 3.1 document of this server. No key is needed on a loopback address.',
  answers: { 200: { description: 'The document.', content: { 'application/json': { type: 'object' } } } },
  errors: ['invalid_api_key'],
  toSamples: (surroundings) => toOpenSamples(surroundings, '/openapi.json'),
};

export const getDocsOperation: Operation = {
  id: 'getDocs',
  tag: 'Server',
  summary: 'The reference as a page',
  description: 'A page for people, made from this document. No key is needed on a loopback address.',
  answers: { 200: { description: 'The page.', content: { 'text/html': { type: 'string' } } } },
  errors: ['invalid_api_key'],
  toSamples: ({ serverUrl }) => ({
    curl: `curl ${serverUrl}/docs\n`,
    python: `import webbrowser\n\nwebbrowser.open("${serverUrl}/docs")\n`,
    javascript: `const answer = await fetch('${serverUrl}/docs');\nconsole.log(await answer.text());\n`,
  }),
};
