import { describe, expect, test } from 'vitest';
import { createRequest } from '../../../test/create-request.ts';
import { messagesOf } from '../../../test/messages-of.ts';
import {
  callTools,
  finish,
  type Script,
  sayTexts,
  scriptedContextLength,
  started,
  toolCallDelta,
  toolCallStart,
} from '../../../test/scripted-backend.ts';
import { prepare as prepareChat } from '../../../test/scripted-chat.ts';
import { createScriptedOutputCompiler, type ScriptedSchema } from '../../../test/scripted-output-compiler.ts';
import type { ChoiceEvent } from '../../backend/choice-event.ts';
import type { GenerationEvent } from '../../backend/generation-event.ts';
import type { GenerationRequest } from '../../backend/generation-request.ts';
import { textContent, toText } from '../../backend/message-content.ts';
import type { OutputFormat } from '../../backend/output-format.ts';
import type { ToolDefinition, ToolUse } from '../../backend/tool.ts';
import { toCallCharactersMax } from '../../grammar/to-call-characters-max.ts';
import { anyArguments as anyObject } from '../../grammar/tool-parameters/to-arguments-schema.ts';
import { toolGrammarsCharactersMax } from './compile-tool.ts';
import type { OutputCompiler } from './output-compiler.ts';
import { prepareTools, type TokenBudget } from './prepare-tools.ts';

function toTool(name: string, parameters?: ScriptedSchema, isStrict = false): ToolDefinition {
  return { name, description: undefined, parameters, isStrict };
}

/** Of its arguments as one object. */
function toGbnf(tool: ToolDefinition | undefined): string | undefined {
  const [grammar] = tool?.argumentsGrammars ?? [];
  return grammar?.kind === 'object' ? grammar.gbnf : undefined;
}

const json: TokenBudget = { argumentsNotation: 'json' };

function toToolUse(tools: readonly ToolDefinition[], more: Partial<ToolUse> = {}): ToolUse {
  const callableNames = tools.map(({ name }) => name);
  return { tools, choice: 'auto', callableNames, isParallel: true, ...more };
}

const schemaFormat: OutputFormat = {
  kind: 'json-schema',
  name: 'a',
  description: undefined,
  schema: { type: 'null' },
  strict: true,
};

function prepare(script: Script, isStreamed = false) {
  const { start, ...rest } = prepareChat(script, { isStreamed });
  return {
    ...rest,
    start: (toolUse: ToolUse, outputFormat?: OutputFormat) =>
      start(createRequest('Hello', { maxTokens: undefined, outputFormat, toolUse })),
  };
}

async function readAll(events: AsyncIterable<ChoiceEvent>): Promise<GenerationEvent[]> {
  const all: GenerationEvent[] = [];
  for await (const { event } of events) all.push(event);
  return all;
}

const anyArguments = 'root ::= "any-arguments"';
const compiled = 'root ::= "arguments"';
const unsupported: ScriptedSchema = { 'x-unsupported': 'properties.x' };

describe('before a token is spent', () => {
  test('each tool that may be called gets the grammar of its arguments', async () => {
    const { backend, compiler, start } = prepare(callTools(['a', '{}']));
    const tools = [toTool('a', {}), toTool('b'), toTool('c', {})];
    await readAll((await start(toToolUse(tools, { callableNames: ['a', 'b'] }))).events);
    const [request] = backend.requests;
    expect(request?.toolUse?.tools.map(toGbnf)).toEqual([compiled, 'root ::= "no-arguments"', undefined]);
    expect(request).toMatchObject({
      grammar: undefined,
      prompt: { kind: 'chat', messages: [{ role: 'user', content: textContent('Hello') }] },
    });
    expect(compiler.tools).toHaveLength(2);
  });

  test('each notation that the model may have is compiled, and those that can not hold a strict tool are left out', async () => {
    const compiler = createScriptedOutputCompiler();
    const notationsOf = async (isStrict: boolean, room: TokenBudget) => {
      const only: OutputCompiler = {
        ...compiler,
        compileArguments: (tool) =>
          compiler.compileArguments(
            tool.notation === 'gemma' && tool.parameters !== anyObject
              ? { ...tool, parameters: unsupported }
              : tool,
          ),
      };
      const { toolUse } = await prepareTools(only, toToolUse([toTool('a', {}, isStrict)]), room);
      return toolUse.tools[0]?.argumentsGrammars?.map(({ notation }) => notation);
    };
    expect(await notationsOf(false, {})).toEqual(['json', 'tagged', 'python', 'gemma']);
    expect(await notationsOf(true, {})).toEqual(['json', 'tagged', 'python']);
    expect(await notationsOf(true, { argumentsNotation: 'python' })).toEqual(['python']);
    await expect(notationsOf(true, { argumentsNotation: 'gemma' })).rejects.toMatchObject({
      place: { kind: 'tool-parameters', toolIndex: 0 },
    });
  });

  test('what is forced gets the room of its tokens, or of half of the context', async () => {
    const rooms = async (choice: ToolUse['choice'], room: TokenBudget) => {
      const compiler = createScriptedOutputCompiler();
      const { toolUse } = await prepareTools(compiler, toToolUse([toTool('a', {})], { choice }), room);
      return [toolUse.callsMax, compiler.tools[0]?.callCharactersMax];
    };
    expect(await rooms('auto', { maxTokens: 4_096 })).toEqual([undefined, undefined]);
    expect(await rooms('required', { maxTokens: 4_096 })).toEqual([2, 2_880]);
    const { backend, compiler, start } = prepare(callTools(['a', '{}']));
    await readAll((await start(toToolUse([toTool('a', {})], { choice: 'required' }))).events);
    expect(compiler.tools[0]?.callCharactersMax).toBe(toCallCharactersMax(undefined, scriptedContextLength));
    expect(backend.requests[0]?.toolUse?.callsMax).toBe(2);
  });

  test('where none may be called nothing is compiled', async () => {
    const { backend, compiler, start } = prepare(sayTexts('Hi'));
    const toolUse = toToolUse([toTool('a', unsupported, true)], { choice: 'none' });
    await readAll((await start(toolUse)).events);
    expect(backend.requests[0]?.toolUse).toBe(toolUse);
    expect(compiler.tools).toEqual([]);
  });

  test.each<[string, Partial<ToolUse>]>([
    ['auto', {}],
    ['required', { choice: 'required' }],
  ])('what can not be enforced of a strict tool is refused, with %s', async (_, more) => {
    const { backend, start } = prepare(callTools());
    const toolUse = toToolUse([toTool('a'), toTool('b', unsupported, true)], more);
    await expect(start(toolUse)).rejects.toMatchObject({
      code: 'unsupported_schema',
      place: { kind: 'tool-parameters', toolIndex: 1, path: 'properties.x' },
    });
    expect(backend.requests).toEqual([]);
  });

  test.each<[string, Partial<ToolUse>]>([
    ['auto', {}],
    ['required', { choice: 'required' }],
    ['a named tool', { choice: 'required', callableNames: ['a', 'b'] }],
  ])('any other tool takes any object, and the run says what nothing holds, with %s', async (_, more) => {
    const { backend, start } = prepare(callTools(['b', '{}']));
    const checkedAfterwards = { 'x-checked-afterwards': ['uniqueItems'] };
    const run = await start(toToolUse([toTool('a', checkedAfterwards), toTool('b', unsupported)], more));
    await readAll(run.events);
    expect(backend.requests[0]?.toolUse?.tools.map((tool) => tool.takesAnyArguments)).toEqual([
      undefined,
      true,
    ]);
    expect(run.unenforced).toEqual([
      { toolIndex: 0, path: 'uniqueItems' },
      { toolIndex: 1, path: 'properties.x' },
    ]);
    expect(toGbnf(backend.requests[0]?.toolUse?.tools[1])).toBe(anyArguments);
    expect(run.record.structuredAttempts).toBeUndefined();
  });

  test('the grammars of all tools together are bounded', async () => {
    const half: ScriptedSchema = { 'x-grammar-characters': toolGrammarsCharactersMax / 2 };
    const compiler = createScriptedOutputCompiler();
    const tools = ['a', 'b', 'c'].map((name) => toTool(name, half));
    const { toolUse, unenforced } = await prepareTools(compiler, toToolUse(tools), json);
    expect(toolUse.tools.map((tool) => toGbnf(tool)?.length)).toEqual([
      toolGrammarsCharactersMax / 2,
      toolGrammarsCharactersMax / 2,
      anyArguments.length,
    ]);
    expect(unenforced).toEqual([{ toolIndex: 2, path: '' }]);
    const strict = tools.map((tool) => ({ ...tool, isStrict: true }));
    await expect(prepareTools(compiler, toToolUse(strict), json)).rejects.toMatchObject({
      code: 'unsupported_schema',
      place: { kind: 'tool-parameters', toolIndex: 2, path: '' },
    });
  });

  test('tools that take too long all together are given up', async () => {
    const quick = createScriptedOutputCompiler();
    const slow: OutputCompiler = {
      ...quick,
      compileArguments: async (tool) => {
        await new Promise((resolve) => setTimeout(resolve, 'type' in Object(tool.parameters) ? 0 : 30));
        return quick.compileArguments(tool);
      },
    };
    const tools = Array.from({ length: 20 }, (_, index) => toTool(`t${index}`, {}));
    const { toolUse, unenforced } = await prepareTools(slow, toToolUse(tools), json, 100);
    expect(toGbnf(toolUse.tools.at(0))).toBe(compiled);
    expect(toGbnf(toolUse.tools.at(-1))).toBe(anyArguments);
    expect(unenforced.at(-1)).toEqual({ toolIndex: 19, path: '' });
    expect(quick.tools.filter(({ parameters }) => !('type' in Object(parameters))).length).toBeLessThan(6);
    const strict = tools.map((tool) => ({ ...tool, isStrict: true }));
    await expect(prepareTools(slow, toToolUse(strict), json, 100)).rejects.toMatchObject({
      code: 'unsupported_schema',
      message: expect.stringContaining('too long'),
    });
  });

  test.each<[string, unknown, unknown]>([
    ['deep', {}, JSON.parse(`${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`)],
    ['large together', { const: 'x'.repeat(600_000) }, { const: 'x'.repeat(600_000) }],
  ])(
    'parameters that are too %s are refused of a strict tool, and else dropped, whether they may be called or not',
    async (_, first, second) => {
      for (const choice of ['auto', 'required', 'none'] as const) {
        const prepareWith = (isStrict: boolean) => {
          const tools = [first, second].map((parameters, index) => ({
            ...toTool(`t${index}`),
            parameters,
            isStrict,
          }));
          return prepareTools(createScriptedOutputCompiler(), toToolUse(tools, { choice }));
        };
        await expect(prepareWith(true)).rejects.toMatchObject({
          code: 'unsupported_schema',
          place: { kind: 'tool-parameters', toolIndex: 1, path: '' },
        });
        const { toolUse, unenforced } = await prepareWith(false);
        expect(toolUse.tools.map(({ parameters }) => parameters)).toEqual([first, undefined]);
        expect(toolUse.tools[1]).toMatchObject({ takesAnyArguments: true });
        expect(unenforced).toEqual([{ toolIndex: 1, path: '' }]);
      }
    },
  );

  test('a fault of the compiler is no reason to let a tool take any object', async () => {
    const fault = new Error('The thread ended.');
    const fail = () => Promise.reject(fault);
    const broken: OutputCompiler = { compile: fail, compileArguments: fail, close: async () => {} };
    await expect(prepareTools(broken, toToolUse([toTool('a')]))).rejects.toBe(fault);
  });
});

describe('the calls of a strict tool', () => {
  const strict = toToolUse([toTool('a', {}, true), toTool('b', {})]);
  const bad = callTools(['b', '{'], ['a', '{"x":']);
  const good = callTools(['b', '{'], ['a', '{"x":', '1}']);

  function inTurn(...scripts: readonly Script[]): Script {
    let turn = 0;
    return (request) => {
      turn += 1;
      return scripts[Math.min(turn, scripts.length) - 1]?.(request) ?? [];
    };
  }

  test('are checked each for itself, and made anew when they are invalid', async () => {
    const { compiler, start } = prepare(inTurn(bad, good));
    const run = await start(strict);
    expect(await readAll(run.events)).toEqual([...good({} as GenerationRequest)]);
    expect(compiler.checkedTexts).toEqual(['{"x":', '{"x":1}']);
    expect(run.record).toMatchObject({ structuredAttempts: 2, finishReason: 'tool-calls', toolCalls: 2 });
  });

  test('that stay invalid are an error that names the tool', async () => {
    const { backend, start } = prepare(bad);
    const run = await start(strict);
    await expect(readAll(run.events)).rejects.toMatchObject({
      code: 'invalid_structured_output',
      message: expect.stringContaining("In a call of 'a': The answer is not JSON."),
    });
    expect(backend.requests).toHaveLength(3);
    expect(run.record.finishReason).toBeUndefined();
  });

  test('end a stream with an error in place of its finish', async () => {
    const { start } = prepare(bad, true);
    const seen: GenerationEvent[] = [];
    const reading = (async () => {
      for await (const { event } of (await start(strict)).events) seen.push(event);
    })();
    await expect(reading).rejects.toMatchObject({ code: 'invalid_structured_output' });
    expect(seen.map(({ type }) => type)).not.toContain('finish');
    expect(seen.at(-1)).toEqual(toolCallDelta(1, '{"x":'));
  });

  test('that were cut by the budget are not checked', async () => {
    const { compiler, start } = prepare(() => [
      started,
      toolCallStart(0, 'a'),
      toolCallDelta(0, '{"x'),
      finish(2, 'length'),
    ]);
    const run = await start(strict);
    expect((await readAll(run.events)).at(-1)).toMatchObject({ reason: 'length' });
    expect(compiler.checkedTexts).toEqual([]);
  });
});

describe('beside a format', () => {
  const tools = [toTool('a', {})];

  test.each<[ToolUse['choice'], string | undefined, number]>([
    ['none', 'root ::= "json-schema"', 2],
    ['auto', 'root ::= "json-schema"', 2],
    ['required', undefined, 1],
  ])('%s: the text has a grammar where there may be text', async (choice, grammar, messages) => {
    const { backend, start } = prepare(sayTexts('null'));
    await readAll((await start(toToolUse(tools, { choice }), schemaFormat)).events);
    expect(backend.requests[0]?.grammar).toBe(grammar);
    expect(backend.requests.map((request) => messagesOf(request).length)).toEqual([messages]);
  });

  test('the model reads that it may call instead, where it may', async () => {
    const { backend, start } = prepare(sayTexts('null'));
    for (const choice of ['auto', 'none'] as const) {
      await readAll((await start(toToolUse(tools, { choice }), schemaFormat)).events);
    }
    expect(backend.requests.map((request) => toText(messagesOf(request)[0]?.content ?? []))).toEqual([
      'If you call no tool, answer with JSON that matches this JSON Schema: {"type":"null"}',
      'Answer with JSON that matches this JSON Schema: {"type":"null"}',
    ]);
  });

  test('an answer is either calls or in the format', async () => {
    const calling = prepare(callTools(['a', '{']));
    const run = await calling.start(toToolUse(tools), schemaFormat);
    expect((await readAll(run.events)).at(-1)).toMatchObject({ reason: 'tool-calls' });
    expect(calling.compiler.checkedTexts).toEqual([]);
    const talking = prepare(sayTexts('{'), true);
    const { events } = await talking.start(toToolUse(tools), schemaFormat);
    await expect(readAll(events)).rejects.toMatchObject({ code: 'invalid_structured_output' });
  });
});

test('a call counts as output from its beginning', async () => {
  const { start } = prepare(() => [
    started,
    { type: 'wait', ms: 20 },
    toolCallStart(0, 'a'),
    toolCallDelta(0, '{'),
    toolCallDelta(0, '}'),
    { type: 'wait', ms: 50 },
    { type: 'fail', error: new Error('It broke.') },
  ]);
  const run = await start(toToolUse([toTool('a')]));
  await expect(readAll(run.events)).rejects.toThrow('It broke.');
  expect(run.record).toMatchObject({ completionTokens: 3, toolCalls: 1, finishReason: undefined });
  expect(run.record.timeToFirstTokenMs).toBeGreaterThan(15);
  expect(run.record.timeToFirstTokenMs).toBeLessThan(30_000);
});
