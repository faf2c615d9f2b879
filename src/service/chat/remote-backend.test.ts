// What the service asks of a backend that is not the embedded engine, and what it never asks.
import { describe, expect, test } from 'vitest';
import { remoteKind } from '../../../test/backend-kinds.ts';
import { createRoutedModel } from '../../../test/create-routed-model.ts';
import {
  finish,
  type Script,
  type ScriptStep,
  sayTexts,
  started,
  textDelta,
  toolCallDelta,
  toolCallStart,
} from '../../../test/scripted-backend.ts';
import { inTurn, prepare, readAll, toRequest, toSchemaFormat } from '../../../test/scripted-chat.ts';
import { createScriptedRemoteBackend, remoteCapabilities } from '../../../test/scripted-remote-backend.ts';
import type { GenerationEvent } from '../../backend/generation-event.ts';
import { type GenerationRequest, neutralSampling, plainEnding } from '../../backend/generation-request.ts';
import { textContent } from '../../backend/message-content.ts';
import type { RequestPlace } from '../../backend/request-place.ts';
import type { ToolDefinition, ToolUse } from '../../backend/tool.ts';
import { requireCapabilities } from '../require-capability.ts';
import { splitChoices } from './split-choices.ts';

const never = new AbortController().signal;
const free = { outputFormat: undefined };

function toToolUse(...tools: readonly ToolDefinition[]): ToolUse {
  return { tools, choice: 'auto', callableNames: tools.map(({ name }) => name), isParallel: true };
}

function toTool(name: string, isStrict: boolean): ToolDefinition {
  return { name, description: undefined, parameters: {}, isStrict };
}

/** Calls of tools by their names; what is no name is the arguments of a call of `a`. */
function calls(...names: readonly string[]): readonly ScriptStep[] {
  const steps = names.flatMap((name, index) => {
    const isName = /^[a-z]$/.test(name);
    return [toolCallStart(index, isName ? name : 'a'), toolCallDelta(index, isName ? '{}' : name)];
  });
  return [started, ...steps, finish(3, 'tool-calls')];
}

const image = {
  kind: 'image',
  source: { kind: 'address', url: 'https://example.com/a.png' },
  detail: undefined,
} as const;

const withImage: Partial<GenerationRequest> = {
  prompt: {
    kind: 'chat',
    messages: [
      { role: 'system', content: textContent('Be brief.') },
      { role: 'user', content: [...textContent('What is this?'), image] },
    ],
  },
};

describe('a request reaches a remote server as it stands', () => {
  test('with its tools, whose strict ones are checked when they were called', async () => {
    const toolUse = toToolUse(toTool('loose', false), toTool('strict', true));
    const call = (name: string, text: string) => [
      started,
      toolCallStart(0, name),
      toolCallDelta(0, text),
      finish(3, 'tool-calls'),
    ];
    const { backend, compiler, start } = prepare(inTurn(call('strict', '{"a":'), call('strict', '{"a":1}')), {
      kind: remoteKind,
    });
    const run = await start(toRequest({ ...free, toolUse }));
    const { events } = await readAll(run);
    expect(events).toContainEqual(toolCallDelta(0, '{"a":1}'));
    expect(backend.requests.map((request) => request.toolUse)).toEqual([toolUse, toolUse]);
    expect(compiler.tools.map(({ isStrict }) => isStrict)).toEqual([true]);
    const loose = prepare(inTurn(call('loose', '{"b":1}')), { kind: remoteKind });
    expect((await readAll(await loose.start(toRequest({ ...free, toolUse })))).error).toBeUndefined();
  });

  test.each<[string, Partial<ToolUse>, readonly ScriptStep[]]>([
    ['called no tool', { choice: 'required' }, [started, textDelta('No.'), finish(1)]],
    ['called a tool', { choice: 'none' }, calls('a')],
    ['called more than one tool', { isParallel: false }, calls('a', 'a')],
    ['called a tool that it may not call', { callableNames: ['b'] }, calls('a')],
    ['called a tool that it may not call', {}, calls('c')],
    ["In a call of 'a': the arguments are not a JSON object", {}, calls('a', 'a', '{"a":')],
    ["In a call of 'a': the arguments are not a JSON object", {}, calls('"text"')],
  ])(
    'and a server that ignores what its tools were asked for is asked again: %s',
    async (problem, use, wrong) => {
      const toolUse = { ...toToolUse(toTool('a', false), toTool('b', false)), ...use };
      const right = use.choice === 'none' ? [started, textDelta('Yes.'), finish(1)] : calls('b');
      const { backend, start } = prepare(inTurn(wrong, right), { kind: remoteKind });
      const { error } = await readAll(await start(toRequest({ ...free, toolUse })));
      expect([error, backend.requests.length]).toEqual([undefined, 2]);
      const stubborn = prepare(() => wrong, { kind: remoteKind });
      const failed = await readAll(await stubborn.start(toRequest({ ...free, toolUse })));
      expect(failed.error).toMatchObject({
        code: 'invalid_structured_output',
        message: expect.stringContaining(problem),
      });
    },
  );

  test('with its images', async () => {
    const { backend, start } = prepare(sayTexts('A cat.'), { kind: remoteKind });
    const request = toRequest({ ...free, ...withImage });
    expect((await readAll(await start(request))).text).toBe('A cat.');
    expect(backend.requests[0]?.prompt).toEqual(request.prompt);
  });

  test('with the fields that we do not know and that its server takes, and no others', async () => {
    const create = (script: Script) => {
      return { ...remoteKind.create(script), passedParameters: new Set(['top_a', 'other']) };
    };
    const passedParameters = { top_a: 0.5, mood: 'good' };
    const passing = prepare(sayTexts('Hi'), { kind: { ...remoteKind, create } });
    const run = await passing.start({ ...toRequest(free), passedParameters });
    await readAll(run);
    expect(passing.backend.requests[0]?.passedParameters).toEqual({ top_a: 0.5 });
    expect([...run.passedParameters]).toEqual(['top_a']);
    const { backend, start } = prepare(sayTexts('Hi'), { kind: remoteKind });
    const plain = await start({ ...toRequest(free), passedParameters });
    await readAll(plain);
    expect(backend.requests).toMatchObject([{ passedParameters: undefined }]);
    expect(plain.passedParameters.size).toBe(0);
  });

  test('with the strict schema of its answer, whose keywords a grammar would hold', async () => {
    const { backend, start } = prepare(inTurn([started, textDelta('{}'), finish(2)]), { kind: remoteKind });
    const outputFormat = toSchemaFormat({ 'x-checked-afterwards': ['a'] });
    await readAll(await start(toRequest({ outputFormat })));
    expect(backend.requests).toMatchObject([{ outputFormat, grammar: undefined }]);
  });
});

describe('a capability that a deployment lacks', () => {
  const deployment = {
    ...createRoutedModel('m', createScriptedRemoteBackend(sayTexts('Hi'))),
    deploymentName: 'site/m',
  };
  const embedded = createRoutedModel('m', prepare(sayTexts('Hi')).backend);
  const text = { kind: 'text', text: 'a', isEchoed: false, suffix: undefined } as const;
  const format = (outputFormat: GenerationRequest['outputFormat']) => ({ outputFormat });

  test.each<[string, Partial<GenerationRequest>, RequestPlace]>([
    ['repeat the prompt', { prompt: { ...text, isEchoed: true } }, { kind: 'echo' }],
    ['evaluate a prompt without an answer', { maxTokens: 0 }, { kind: 'answer-length' }],
    [
      'penalize repetitions by a factor',
      { sampling: { ...neutralSampling, repetitionPenalty: 1.1 } },
      { kind: 'sampling', name: 'repetitionPenalty' },
    ],
    ['end at more than 4 stop sequences', { stop: ['a', 'b', 'c', 'd', 'e'] }, { kind: 'stop-sequences' }],
    [
      'limit the tokens of its reasoning',
      { reasoning: { effort: undefined, tokensMax: 5 } },
      { kind: 'reasoning-budget' },
    ],
    ['fill in text before a suffix', { prompt: { ...text, suffix: 'b' } }, { kind: 'suffix' }],
    [
      'accept token ids as a prompt',
      { prompt: { kind: 'tokens', tokens: [1], isEchoed: false } },
      { kind: 'prompt' },
    ],
    ["continue the assistant's message", { continuesLastMessage: true }, { kind: 'continued-message' }],
    ['change the end of an answer', { ending: { ...plainEnding, stopTokens: [1] } }, { kind: 'stop-token' }],
    ['change the end of an answer', { ending: { ...plainEnding, minTokens: 1 } }, { kind: 'model' }],
    [
      'accept variables for the chat template',
      { templateVariables: { a: 1 } },
      { kind: 'template-variables' },
    ],
    [
      'answer in the form of a pattern',
      format({ kind: 'pattern', pattern: 'a+' }),
      { kind: 'output-format', path: '' },
    ],
    [
      'answer in the form of a grammar',
      format({ kind: 'grammar', grammar: 'root ::= "a"' }),
      { kind: 'output-format', path: '' },
    ],
  ])('%s: it is refused, with both names', (ability, more, place) => {
    const request = toRequest({ ...free, ...more });
    expect(() => requireCapabilities(embedded, request)).not.toThrow();
    expect(() => requireCapabilities(deployment, request)).toThrow(
      expect.objectContaining({
        code: 'unsupported_capability',
        message: `The model 'm' can't ${ability}: its deployment 'site/m' lacks this capability.`,
        place,
      }),
    );
  });

  test.each<[string, Partial<GenerationRequest>]>([
    ['a text, with log-probabilities', { prompt: { ...text, isEchoed: true }, topLogprobs: 0 }],
    ['token ids', { prompt: { kind: 'tokens', tokens: [1], isEchoed: true } }],
  ])('of a server that only repeats texts is another echo: %s', (_, more) => {
    const capabilities = { ...remoteCapabilities, tokenPrompts: true, echo: true };
    const echoing = { ...deployment, backend: { ...deployment.backend, capabilities } };
    const request = toRequest({ ...free, ...more });
    expect(() => requireCapabilities(embedded, request)).not.toThrow();
    expect(() => requireCapabilities(echoing, request)).toThrow('repeat the tokens of the prompt');
    const plain = toRequest({ ...free, prompt: { ...text, isEchoed: true } });
    expect(() => requireCapabilities(echoing, plain)).not.toThrow();
  });

  test('of a value that changes nothing, or that its client left open, is not missed', () => {
    const sampling = { ...neutralSampling, repetitionPenalty: 1.1 };
    const open = { sampling, openSampling: new Set(['repetitionPenalty'] as const) };
    for (const more of [{ sampling: neutralSampling }, open]) {
      expect(() => requireCapabilities(deployment, toRequest({ ...free, ...more }))).not.toThrow();
    }
  });

  test('of addresses of images is its own', () => {
    const capabilities = { ...remoteCapabilities, imageAddresses: false };
    const blind = { ...deployment, backend: { ...deployment.backend, capabilities } };
    expect(() => requireCapabilities(blind, toRequest({ ...free, ...withImage }))).toThrow(
      expect.objectContaining({
        code: 'unsupported_image',
        message: expect.stringContaining("can't fetch images from addresses"),
      }),
    );
  });

  test('of images is the embedded one', () => {
    const request = toRequest({ ...free, ...withImage });
    expect(() => requireCapabilities(deployment, request)).not.toThrow();
    expect(() => requireCapabilities(embedded, request)).toThrow(
      expect.objectContaining({
        code: 'unsupported_image',
        place: { kind: 'message', index: 1, partIndex: 1 },
      }),
    );
  });

  test('is found before anything is sent or compiled', async () => {
    const { backend, compiler, start } = prepare(inTurn(), { kind: remoteKind });
    const outputFormat = { kind: 'choice', choices: ['a'] } as const;
    await expect(start(toRequest({ outputFormat }))).rejects.toMatchObject({
      code: 'unsupported_capability',
    });
    expect([backend.requests, compiler.formats]).toEqual([[], []]);
  });
});

describe('several choices of one request', () => {
  test('are one request, and its usage is known at the end', async () => {
    const backend = createScriptedRemoteBackend(sayTexts('a', 'b'));
    const kind = { ...remoteKind, create: () => backend };
    const { start } = prepare(sayTexts(), { kind, choiceCount: 3, isStreamed: true });
    const run = await start(toRequest(free));
    const seen: [number, GenerationEvent][] = [];
    for await (const { choice, event } of run.events) seen.push([choice, event]);
    expect(backend.choiceCounts).toEqual([3]);
    const finishes = seen.filter(([, { type }]) => type === 'finish').map(([choice]) => choice);
    expect(finishes.sort()).toEqual([0, 1, 2]);
    expect(seen.at(-1)).toEqual([0, finish(9)]);
    expect(run.record).toMatchObject({ promptTokens: 12, completionTokens: 9 });
    expect(backend.running()).toBe(0);
  });

  test('end when the last of their readers has left', async () => {
    const backend = createScriptedRemoteBackend(() => [started, textDelta('a'), { type: 'wait-for-abort' }]);
    const together = backend.generateChoices?.(toRequest(free), 2, never);
    if (together === undefined) throw new Error('It makes several choices.');
    const readers = splitChoices(together, 2).map(({ events }) => events[Symbol.asyncIterator]());
    for (const reader of readers) expect((await reader.next()).value).toEqual({ type: 'started' });
    await readers[0]?.return?.();
    expect(backend.running()).toBe(2);
    await readers[1]?.return?.();
    expect(backend.running()).toBe(0);
    expect(await together.settled).toMatchObject({ isEstimated: true });
  });
});

test('an answer that is cut off costs what was seen of it', async () => {
  const backend = createScriptedRemoteBackend(sayTexts('a', 'b', 'c'));
  const { events, settled } = backend.generate(toRequest(free), never);
  for await (const event of events) if (event.type === 'text-delta') break;
  expect(await settled).toEqual({
    promptTokens: 0,
    cachedTokens: 0,
    completionTokens: 1,
    reasoningTokens: 0,
    isEstimated: true,
  });
});
