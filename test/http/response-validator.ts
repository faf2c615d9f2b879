import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { OpenApiFacts, OperationFacts } from './read-openapi.ts';

type JsonSchema = Readonly<Record<string, unknown>>;

/** Says what is wrong with an answer, from the document that the server serves; undefined where nothing is. */
export type ResponseValidator = (status: number, contentType: string, value: unknown) => string | undefined;

/**
 * Stricter than the document: an object may have no field that is not described. Clients must take new fields, but a
 * field that we send and do not describe is a defect.
 */
export function createResponseValidator(
  document: OpenApiFacts,
  operation: OperationFacts,
): ResponseValidator {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  const { ChatCompletionRequest: _request, ...schemas } = document.components.schemas;
  ajv.addSchema({ $id: 'openapi', components: { ...document.components, schemas: closeObjects(schemas) } });
  const compiled = new Map<string, ValidateFunction>();
  return (status, contentType, value) => {
    const type = contentType.split(';', 1)[0] ?? '';
    const schema = toDataSchema(operation.responses[status]?.content[type]?.schema);
    if (schema === undefined) return `The document has no answer ${status} of the type ${type}.`;
    const key = `${status} ${type}`;
    const validate = compiled.get(key) ?? ajv.compile(toAbsolute(schema));
    compiled.set(key, validate);
    return validate(value) ? undefined : ajv.errorsText(validate.errors);
  };
}

/** Of an event it is the data that is checked, and an error in it is none of the answers that are wanted. */
function toDataSchema(schema: JsonSchema | undefined): JsonSchema | undefined {
  const { data } = (schema?.['properties'] ?? {}) as Readonly<Record<string, JsonSchema>>;
  const options = (data?.['anyOf'] ?? []) as readonly JsonSchema[];
  const chunk = options.find((option) => 'contentSchema' in option)?.['contentSchema'];
  return (chunk as JsonSchema | undefined) ?? schema;
}

function toAbsolute(schema: JsonSchema): JsonSchema {
  return JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#/', '"$ref":"openapi#/'));
}

function closeObjects(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closeObjects);
  if (typeof value !== 'object' || value === null) return value;
  const inside = Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, closeObjects(member)]),
  );
  const isObject = inside['type'] === 'object' && 'properties' in inside;
  return isObject ? { ...inside, additionalProperties: false } : inside;
}
