import { expect, test } from 'vitest';
import { modelListSchema, toModelList } from './model.ts';

test('a list shows models, and for an alias what it stands for', () => {
  const entry = { createdAtSeconds: 1_752_093_069, ownedBy: 'gravix', aliasOf: undefined };
  const list = toModelList([
    { ...entry, id: 'smollm2:135m-instruct-q4_1' },
    { ...entry, id: 'llama3.1:8b-instruct-fp16', aliasOf: 'smollm2:135m-instruct-q4_1' },
  ]);
  const common = { object: 'model', created: 1_752_093_069, owned_by: 'gravix' };
  expect(list).toStrictEqual({
    object: 'list',
    data: [
      { id: 'smollm2:135m-instruct-q4_1', ...common },
      { id: 'llama3.1:8b-instruct-fp16', ...common, alias_of: 'smollm2:135m-instruct-q4_1' },
    ],
  });
  expect(modelListSchema.strict().parse(list)).toEqual(list);
});
