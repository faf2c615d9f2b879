import fc from 'fast-check';

const names = ['f', 'get_weather', 'a.b-c_1', 'x'.repeat(64)];

const description = fc.constantFrom(undefined, null, 'Does it.');

const parameters = fc.constantFrom(
  undefined,
  null,
  { type: 'object' },
  { type: 'object', properties: { a: { type: 'integer' } }, required: ['a'], additionalProperties: false },
  { type: 'object', properties: { a: { $ref: '#/$defs/a' } }, $defs: { a: { enum: ['b', null] } } },
);

function toTool(name: string) {
  return fc
    .record({ description, parameters, strict: fc.constantFrom(undefined, null, false, true) })
    .map((fields) => ({ type: 'function', function: { name, ...fields } }));
}

function toNamed(name: string) {
  return { type: 'function', function: { name } };
}

/** Each of all forms in which a choice of these tools is sent. */
function toToolChoice(known: readonly string[]) {
  const mode = fc.constantFrom('auto', 'required');
  return fc.oneof(
    fc.constantFrom(undefined, null, 'none', 'auto', 'required', 'required'),
    fc.constantFrom(...known).map(toNamed),
    fc.record({ mode, tools: fc.subarray([...known], { minLength: 1 }) }).map(({ mode, tools }) => ({
      type: 'allowed_tools',
      allowed_tools: { mode, tools: tools.map(toNamed) },
    })),
  );
}

const tools = fc.subarray(names, { minLength: 1 }).chain((known) =>
  fc.record({
    tools: fc.tuple(...known.map(toTool)),
    tool_choice: toToolChoice(known),
    parallel_tool_calls: fc.constantFrom(undefined, null, true, false),
  }),
);

const functions = fc.subarray(names, { minLength: 1 }).chain((known) =>
  fc.record({
    functions: fc.tuple(
      ...known.map((name) => fc.record({ description, parameters }).map((fields) => ({ name, ...fields }))),
    ),
    function_call: fc.oneof(
      fc.constantFrom(undefined, null, 'none', 'auto'),
      fc.constantFrom(...known).map((name) => ({ name })),
    ),
  }),
);

/** What a request says of tools, in the one form or the other, or nothing. */
export const arbitraryToolFields: fc.Arbitrary<object> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom({}, { tools: [] }, { parallel_tool_calls: true }) },
  { weight: 4, arbitrary: tools },
  { weight: 2, arbitrary: functions },
);

const called = fc.record({
  name: fc.constantFrom(...names),
  arguments: fc.constantFrom('{}', '{"a":1}', '{'),
});

/** Calls that were made, with the results of some of them. */
const madeCalls = fc
  .tuple(
    fc.array(called, { minLength: 1, maxLength: 3 }),
    fc.nat({ max: 3 }),
    fc.constantFrom(null, '', 'Let me see.'),
  )
  .map(([calls, results, content]) => [
    {
      role: 'assistant',
      content,
      tool_calls: calls.map((call, index) => ({ id: `call_${index}`, type: 'function', function: call })),
    },
    ...calls.slice(0, results).map((_, index) => ({
      role: 'tool',
      content: index === 0 ? 'rain' : [{ type: 'text', text: '' }],
      tool_call_id: `call_${index}`,
    })),
  ]);

const madeFunctionCall = called.map((call) => [
  { role: 'assistant', content: null, function_call: call },
  { role: 'function', name: call.name, content: null },
]);

/** Turns of a conversation in which something was called. */
export const arbitraryCallTurns: fc.Arbitrary<readonly object[]> = fc.oneof(madeCalls, madeFunctionCall);
