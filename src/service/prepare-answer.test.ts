import { expect, test } from 'vitest';
import { chatCapabilities } from '../../test/create-routed-model.ts';
import {
  good,
  inTurn,
  jsonObject,
  prepare,
  readAll,
  toRequest,
  toSchemaFormat,
} from '../../test/scripted-chat.ts';
import type { OutputFormat } from '../backend/output-format.ts';
import type { RequestedGeneration } from '../backend/requested-generation.ts';

const plainModel = { capabilities: { ...chatCapabilities, reasoning: false } };

async function findStringBound(
  outputFormat: OutputFormat,
  changes: Partial<RequestedGeneration> = {},
  defaults = {},
) {
  const facts = { ...plainModel, defaults };
  const { backend, compiler, start } = prepare(inTurn(good), { facts, maxTokensDefault: 500 });
  await readAll(await start({ ...toRequest({ outputFormat }), ...changes }));
  return { stringBound: compiler.stringBounds[0], maxTokens: backend.requests[0]?.maxTokens };
}

test.each([
  ['any object', jsonObject, 500],
  ['a schema', toSchemaFormat({}), undefined],
] as const)('strings have an end where the client says no length: %s', async (_, format, maxTokens) => {
  expect(await findStringBound(format)).toEqual({ stringBound: expect.any(Number), maxTokens });
});

test('neither a default of the endpoint nor of the model is a length that the client asked for', async () => {
  const bounded = { stringBound: expect.any(Number), maxTokens: 16 };
  expect(await findStringBound(jsonObject, { maxTokensDefault: 16 })).toEqual(bounded);
  expect(await findStringBound(toSchemaFormat({}), {}, { maxTokens: 16 })).toEqual(bounded);
});

test('with a length of the client no string is bounded', async () => {
  const free = { stringBound: undefined, maxTokens: 200 };
  expect(await findStringBound(jsonObject, { maxTokens: 200 })).toEqual(free);
  expect(await findStringBound(toSchemaFormat({}), { maxTokens: 200 })).toEqual(free);
});
