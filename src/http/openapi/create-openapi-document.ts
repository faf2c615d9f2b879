import type { KeyScope } from '../../service/keys/api-key.ts';
import { apiBases } from '../to-route-url.ts';
import { answerHeaders, commonHeaders, toHeaderReferences } from './answer-headers.ts';
import { createComponentSchemas } from './component-schemas.ts';
import { toErrorResponses } from './error-responses.ts';
import type { AnswerObject, CodeSample, OpenApiDocument, OperationObject } from './openapi-document.ts';
import type { Operation, OperationParameter, SampleContext } from './operation.ts';

/** A route, as far as the reference is concerned. */
export interface DescribedRoute {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** As the router has it: `:name` is a parameter, and `*` stands for the rest of the path. */
  readonly url: string;
  /**
   * `open`: needs no key. `page`: none if the setting `pages` is `open`. `any-key`: any valid key. Otherwise a key that
   * has one of these scopes; `inference` by default.
   */
  readonly access?: 'open' | 'page' | 'any-key' | readonly [KeyScope, ...KeyScope[]];
  /** Absent for what a page loads. */
  readonly operation?: Operation;
}

/** Names of models for samples. */
export interface SampleModels {
  /** One that chats. */
  readonly chat: string;
  /** One that makes embeddings. */
  readonly embeddings: string;
}

export interface OpenApiOptions {
  readonly routes: readonly DescribedRoute[];
  /** Of this server. */
  readonly version: string;
  readonly context: Pick<SampleContext, 'serverUrl'>;
  readonly models: SampleModels;
}

/** For the overview: Markdown. */
export const apiDescription = `The API of this Gravix server. It speaks OpenAI's chat completions API: point any OpenAI
client at \`/v1/inference\` or \`/v1\` of this address: both have every operation.

Send a key with each request, as \`Authorization: Bearer KEY\`. The samples read it from the variable
\`GRAVIXLAYER_API_KEY\`. The first key of the server is in its data folder, by default in the file \`~/.gravix/key\`:
\`export GRAVIXLAYER_API_KEY=$(cat ~/.gravix/key)\`.

Every error has the body \`{"error": {"message", "type", "param", "code"}}\` and a fitting status. \`/messages\` has
Anthropic's form.`;

/** The OpenAPI 3.1 document: every route that stands in the table of contents, with the schemas that validate. */
export function createOpenApiDocument(options: OpenApiOptions): OpenApiDocument {
  const { routes, version, context, models } = options;
  const paths: Record<string, Record<string, OperationObject>> = {};
  for (const route of routes) {
    const { operation, method, url } = route;
    if (operation === undefined) continue;
    const path = toPath(url, operation);
    const base = apiBases.find((candidate) => url.startsWith(`${candidate}/`)) ?? '';
    const model = models[operation.needs ?? 'chat'];
    const entry = toOperationObject(operation, route, { ...context, base, model });
    paths[path] = { ...paths[path], [method.toLowerCase()]: entry };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Gravix API',
      version,
      description: apiDescription,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: context.serverUrl, description: 'This server' }],
    security: [{ apiKey: [] }],
    tags: [
      { name: 'Chat', description: 'Conversations with a model.' },
      { name: 'Responses', description: "OpenAI's newer API for conversations." },
      { name: 'Messages', description: "Anthropic's API for conversations." },
      {
        name: 'Stored chat completions',
        description: 'Answers that were stored with `store: true`.',
      },
      { name: 'Text', description: 'Text completions, tokens and embeddings.' },
      { name: 'Models', description: 'The served models.' },
      { name: 'Keys and projects', description: 'Who may use this server, and how much.' },
      { name: 'Usage', description: 'What was used, and what is left.' },
      { name: "OpenAI's administration", description: "The same for the admin clients of OpenAI's SDKs." },
      { name: 'Server', description: 'The server itself.' },
      { name: 'Under /v1', description: 'The same operations at the address that most clients expect.' },
    ],
    paths,
    components: {
      schemas: createComponentSchemas(),
      headers: { ...answerHeaders },
      securitySchemes: {
        apiKey: { type: 'http', scheme: 'bearer', description: 'A key of this server.' },
      },
    },
  };
}

/** The router's `*` is the operation's path parameter; others have their names. */
function toPath(url: string, { parameters = [] }: Operation): string {
  const named = url.replace(/:(\w+)/g, '{$1}');
  const parameter = parameters.find((candidate) => candidate.in === 'path');
  return parameter === undefined ? named : named.replace('*', `{${parameter.name}}`);
}

function toOperationObject(
  operation: Operation,
  { access }: DescribedRoute,
  context: SampleContext,
): OperationObject {
  const { id, tag, summary, description, parameters = [], body, answers, errors, apiForm } = operation;
  const hasRequestErrors = body !== undefined || operation.hasRequestErrors === true;
  const isSecond = context.base === '/v1';
  return {
    operationId: isSecond ? `${id}UnderV1` : id,
    tags: [isSecond ? 'Under /v1' : tag],
    summary,
    description,
    ...(access !== 'open' && access !== 'page'
      ? {}
      : { security: access === 'open' ? [] : [{}, { apiKey: [] }] }),
    ...(parameters.length === 0 ? {} : { parameters: parameters.map(toParameter) }),
    ...(body === undefined ? {} : { requestBody: toRequestBody(body, context) }),
    responses: { ...toErrorResponses(errors, { hasRequestErrors, apiForm }), ...toAnswers(answers) },
    'x-codeSamples': toSampleList(operation, context),
  };
}

function toParameter(parameter: OperationParameter): OperationParameter {
  return { ...parameter, required: parameter.in === 'path' || parameter.required === true };
}

function toRequestBody(
  { schema, toExample }: NonNullable<Operation['body']>,
  context: SampleContext,
): NonNullable<OperationObject['requestBody']> {
  return { required: true, content: { 'application/json': { schema, example: toExample(context) } } };
}

function toAnswers(answers: Operation['answers']): Record<string, AnswerObject> {
  const responses = Object.entries(answers).map(([status, { description, content, headers = [] }]) => [
    status,
    {
      description,
      headers: toHeaderReferences([...commonHeaders, ...headers]),
      content: Object.fromEntries(Object.entries(content).map(([type, schema]) => [type, { schema }])),
    },
  ]);
  return Object.fromEntries(responses);
}

function toSampleList({ toSamples }: Operation, context: SampleContext): readonly CodeSample[] {
  const { curl, python, javascript } = toSamples(context);
  return [
    { lang: 'Shell', label: 'cURL', source: curl },
    { lang: 'Python', label: 'Python', source: python },
    { lang: 'JavaScript', label: 'JavaScript', source: javascript },
  ];
}
