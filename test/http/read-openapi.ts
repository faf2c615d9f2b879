import type { TestApp } from '../start-test-app.ts';

type JsonSchema = Readonly<Record<string, unknown>>;

/** What the tests look into of the document. */
export interface OpenApiFacts {
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationFacts>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, JsonSchema>>;
    readonly headers: Readonly<Record<string, JsonSchema>>;
  };
}

export interface OperationFacts {
  readonly operationId: string;
  readonly responses: Readonly<Record<string, ResponseFacts>>;
  readonly 'x-codeSamples': readonly { readonly label: string; readonly source: string }[];
}

export interface ResponseFacts {
  readonly description: string;
  readonly headers: JsonSchema;
  readonly content: Readonly<Record<string, { readonly schema: JsonSchema }>>;
}

export async function readOpenApi({ url }: Pick<TestApp, 'url'>): Promise<OpenApiFacts> {
  const answer = await fetch(`${url}/openapi.json`);
  return JSON.parse(await answer.text());
}

/** @param method in small letters */
export function findOperation({ paths }: OpenApiFacts, method: string, path: string): OperationFacts {
  const operation = paths[path]?.[method];
  if (operation === undefined) throw new Error(`${method} ${path} is not in the document.`);
  return operation;
}
