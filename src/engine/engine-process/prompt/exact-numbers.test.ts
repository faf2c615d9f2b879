import { deserialize, serialize } from 'node:v8';
import { expect, test } from 'vitest';
import { createRequest } from '../../../../test/create-request.ts';
import { parseJson } from '../../../json/parse-json.ts';
import { writeJson } from '../../../json/write-json.ts';
import { packRequest, unpackRequest } from '../../engine-request.ts';
import { hermesSyntax } from '../tool-calls/syntaxes/json-object-syntaxes.ts';
import { plainTraits } from '../tool-calls/template-traits.ts';
import { toTemplateConversations } from '../tool-calls/to-template-conversations.ts';
import { renderExactNumbers } from './render-exact-numbers.ts';

const text = '{"type":"object","properties":{"b":{"const":9007199254740993},"10":{},"2":{"maximum":1e400}}}';

test('the parameters of tools cross to another process as they were written', () => {
  const tool = { name: 'a', description: undefined, isStrict: false };
  const request = createRequest('Hello', {
    toolUse: {
      tools: [
        { ...tool, parameters: parseJson(text) },
        { ...tool, name: 'b', parameters: undefined },
      ],
      choice: 'auto',
      callableNames: ['a', 'b'],
      isParallel: true,
    },
  });
  const { toolUse } = unpackRequest(deserialize(serialize(packRequest(request))));
  expect(toolUse?.tools.map(({ parameters }) => parameters && writeJson(parameters))).toEqual([
    text,
    undefined,
  ]);
});

test('a template shows exact numbers as they are', () => {
  const native = { render: (variables: object) => JSON.stringify(variables) };
  const variables = {
    a: parseJson('[9007199254740993,123456789012345,{"z":1e400,"0":-0.1000000000000000055}]'),
  };
  expect(renderExactNumbers(native, variables)).toBe(writeJson(variables));
});

test('earlier calls are shown with their own numbers, as objects and as text', () => {
  const argumentsText = '{"id": 9007199254740993, "10": 1, "2": 12345678901234567890}';
  const show = (call: typeof plainTraits.call) =>
    toTemplateConversations(
      hermesSyntax,
      { ...plainTraits, call },
      [{ role: 'assistant', text: '', calls: [{ id: 'c', name: 'a', arguments: argumentsText }] }],
      [],
    ).map(({ messages }) => writeJson(messages[0]));
  expect(show(undefined).join()).toContain(JSON.stringify(argumentsText).slice(1, -1));
  expect(show({ arguments: 'object', emptyContent: '' }).join()).toContain(argumentsText.replaceAll(' ', ''));
  expect(show({ arguments: 'text', emptyContent: '' }).join()).toContain(
    JSON.stringify(argumentsText).slice(1, -1),
  );
});
