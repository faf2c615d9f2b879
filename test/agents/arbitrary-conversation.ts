// A conversation with calls and results, and what a client of each API sends for it.
import fc from 'fast-check';

interface Call {
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly result: string;
}

/** What the user says, and what the assistant did: its reasoning, its text, and calls with their results. */
interface Turn {
  readonly user: string;
  readonly thought: string | undefined;
  readonly text: string;
  readonly calls: readonly Call[];
}

export interface Conversation {
  readonly system: string | undefined;
  readonly turns: readonly Turn[];
  readonly last: string;
  readonly hasTools: boolean;
}

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 });

const call = fc.record({
  arguments: fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), fc.oneof(text, fc.integer(), fc.boolean()), {
    maxKeys: 3,
    noNullPrototype: true,
  }),
  result: text,
});

const turn = fc.record({
  user: text,
  thought: fc.option(text, { nil: undefined }),
  text,
  calls: fc.array(call, { maxLength: 2 }),
});

export const conversation: fc.Arbitrary<Conversation> = fc.record({
  system: fc.option(text, { nil: undefined }),
  turns: fc.array(turn, { maxLength: 3 }),
  last: text,
  hasTools: fc.boolean(),
});

const toolName = 'look_up';
const description = 'Looks something up.';
const parameters = { type: 'object', properties: { word: { type: 'string' } } };

export function toBodies(asked: Conversation, model: string) {
  return {
    chat: toChat(asked, model),
    responses: toResponse(asked, model),
    messages: toMessage(asked, model),
  };
}

const toId = (turnIndex: number, index: number) => `call_${turnIndex}_${index}`;

function toChat({ system, turns, last, hasTools }: Conversation, model: string) {
  const said = turns.flatMap(({ user, thought, text: content, calls }, at) => {
    const made = calls.map((one, index) => ({
      id: toId(at, index),
      type: 'function',
      function: { name: toolName, arguments: JSON.stringify(one.arguments) },
    }));
    return [
      { role: 'user', content: user },
      {
        role: 'assistant',
        content,
        ...(thought === undefined ? {} : { reasoning_content: thought }),
        ...(made.length === 0 ? {} : { tool_calls: made }),
      },
      ...calls.map(({ result }, index) => ({ role: 'tool', tool_call_id: toId(at, index), content: result })),
    ];
  });
  const opening = system === undefined ? [] : [{ role: 'system', content: system }];
  const tools = [{ type: 'function', function: { name: toolName, description, parameters } }];
  const messages = [...opening, ...said, { role: 'user', content: last }];
  return { model, messages, ...(hasTools ? { tools } : {}) };
}

function toResponse({ system, turns, last, hasTools }: Conversation, model: string) {
  const said = turns.flatMap(({ user, thought, text: content, calls }, at) => [
    { role: 'user', content: user },
    ...(thought === undefined ? [] : [toReasoningItem(thought)]),
    { role: 'assistant', content },
    ...calls.map((one, index) => ({
      type: 'function_call',
      call_id: toId(at, index),
      name: toolName,
      arguments: JSON.stringify(one.arguments),
    })),
    ...calls.map(({ result }, index) => ({
      type: 'function_call_output',
      call_id: toId(at, index),
      output: result,
    })),
  ]);
  const tools = [{ type: 'function', name: toolName, description, parameters, strict: false }];
  const input = [...said, { role: 'user', content: last }];
  return { model, input, instructions: system, ...(hasTools ? { tools } : {}) };
}

function toReasoningItem(text: string) {
  return { type: 'reasoning', summary: [], content: [{ type: 'reasoning_text', text }] };
}

function toMessage({ system, turns, last, hasTools }: Conversation, model: string) {
  let results: object[] = [];
  const messages: object[] = [];
  const addUser = (content: string) => {
    messages.push({ role: 'user', content: [...results, { type: 'text', text: content }] });
    results = [];
  };
  for (const [at, { user, thought, text: content, calls }] of turns.entries()) {
    addUser(user);
    const made = calls.map((one, index) => ({
      type: 'tool_use',
      id: toId(at, index),
      name: toolName,
      input: one.arguments,
    }));
    const thinking = thought === undefined ? [] : [{ type: 'thinking', thinking: thought, signature: 'a' }];
    messages.push({ role: 'assistant', content: [...thinking, { type: 'text', text: content }, ...made] });
    results = calls.map(({ result }, index) => ({
      type: 'tool_result',
      tool_use_id: toId(at, index),
      content: result,
    }));
  }
  addUser(last);
  const tools = [{ name: toolName, description, input_schema: parameters }];
  return { model, messages, system, ...(hasTools ? { tools } : {}) };
}
