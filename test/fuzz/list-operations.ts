type JsonSchema = Readonly<Record<string, unknown>>;

/** A route, and what is known of its requests. */
export interface FuzzedOperation {
  readonly method: string;
  /** With `{name}` for what varies. */
  readonly path: string;
  readonly query: readonly { readonly name: string; readonly schema: JsonSchema }[];
  readonly bodySchema: JsonSchema | undefined;
  readonly example: unknown;
  /** It takes an Idempotency-Key. */
  readonly mayRepeat: boolean;
  /** A stream that never ends. */
  readonly isEndless: boolean;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly schema: JsonSchema;
}

interface DocumentedOperation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly schema: JsonSchema; readonly example: unknown }>>;
  };
}

export interface FuzzedDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> };
}

/** Addresses that are not in the document: pages, their files, and what does not exist. */
const otherAddresses: readonly (readonly [method: string, path: string])[] = [
  ['GET', '/'],
  ['GET', '/page.css'],
  ['GET', '/docs/{id}'],
  ['GET', '/models/{id}'],
  ['GET', '/console'],
  ['GET', '/console/{id}'],
  ['GET', '/console/assets/{id}'],
  ['POST', '/console/sign-in'],
  ['POST', '/tokenize'],
  ['POST', '/detokenize'],
  ['GET', '/v1/{id}'],
  ['POST', '/v1/v1/chat/completions'],
  ['POST', '/v1//chat/completions/'],
  ['GET', '/{id}/{id}'],
  ['GET', '*'],
  ['GET', 'http://gravix.example/v1/models'],
];

export function listOperations({ paths }: FuzzedDocument): readonly FuzzedOperation[] {
  const documented = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) =>
      toOperation(method.toUpperCase(), path, operation),
    ),
  );
  return [...documented, ...otherAddresses.map(([method, path]) => toOperation(method, path, {}))];
}

function toOperation(
  method: string,
  path: string,
  { parameters = [], requestBody }: DocumentedOperation,
): FuzzedOperation {
  const content = requestBody?.content['application/json'];
  const isOther = method === 'POST' && content === undefined;
  return {
    method,
    path,
    query: parameters.filter((parameter) => parameter.in === 'query'),
    bodySchema: content?.schema ?? (isOther ? {} : undefined),
    example: content?.example ?? { model: 'good', prompt: 'Hi', tokens: [72], link: 'made up' },
    mayRepeat: parameters.some(({ name }) => name === 'idempotency-key'),
    isEndless: path.endsWith('/models/events'),
  };
}
