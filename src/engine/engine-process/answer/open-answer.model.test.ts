// Thoughts, calls and grammars of one answer as its tokens come: the real vocabulary, with tokens of our own choice,
// for the test model itself never thinks.
import { beforeAll, describe, expect, test } from 'vitest';
import { testModelPath } from '../../../../test/test-model.ts';
import type { GenerationEvent } from '../../../backend/generation-event.ts';
import { type GenerationRequest, plainEnding } from '../../../backend/generation-request.ts';
import { textContent } from '../../../backend/message-content.ts';
import type { ToolUse } from '../../../backend/tool.ts';
import { compileArguments } from '../../../grammar/compile-arguments.ts';
import { openBinding } from '../model/binding.ts';
import { createVocabulary } from '../model/vocabulary.ts';
import { createCompletionText } from '../step/completion-text.ts';
import { acceptToken } from '../step/slot-run.ts';
import { createToolCallFormat } from '../tool-calls/create-tool-call-format.ts';
import { hermesSyntax } from '../tool-calls/syntaxes/json-object-syntaxes.ts';
import { plainTraits } from '../tool-calls/template-traits.ts';
import { findCallBeginnings } from './find-call-beginnings.ts';
import { createMarkerTokens } from './marker-tokens.ts';
import { type AnswerModel, openAnswer } from './open-answer.ts';

let model: AnswerModel;

beforeAll(async () => {
  const bound = await (await openBinding()).loadModel(testModelPath());
  const vocabulary = createVocabulary(bound.native, bound.vocabularySize);
  const toolCalls = createToolCallFormat(hermesSyntax, plainTraits);
  const reasoningTags = { start: '<think>', end: '</think>' };
  const thoughtTexts = [reasoningTags.start, reasoningTags.end];
  model = {
    bound,
    vocabulary,
    toolCalls,
    reasoningTags,
    thoughtMarkers: createMarkerTokens(vocabulary, thoughtTexts),
    callMarkers: createMarkerTokens(vocabulary, [...thoughtTexts, ...toolCalls.markers]),
    callBeginnings: findCallBeginnings(vocabulary, toolCalls.triggers([])),
  };
});

const clock: ToolUse = {
  tools: [
    {
      name: 'now',
      description: undefined,
      parameters: undefined,
      isStrict: false,
      argumentsGrammars: [compileArguments(undefined, 'json', 720).grammar],
    },
  ],
  choice: 'auto',
  callableNames: ['now'],
  isParallel: false,
};

const plainRequest = {
  prompt: { kind: 'chat', messages: [] } as const,
  grammar: undefined,
  toolUse: undefined,
  stop: [],
  topLogprobs: undefined,
  reasoning: undefined,
  ending: plainEnding,
};

/** What comes of an answer whose tokens are those of `text`, and at which text a grammar began. */
function follow(text: string, request: Partial<GenerationRequest>, beginsInThought = false) {
  const { vocabulary, bound } = model;
  const own = { ...plainRequest, ...request };
  const answer = openAnswer(model, own, beginsInThought ? 'thought' : 'turn');
  const run = {
    id: 'one',
    arrival: 0,
    prompt: new Uint32Array(),
    cachedTokens: 0,
    completionTokensMax: 1000,
    reportsUsage: false,
    text: createCompletionText([]),
    topLogprobs: undefined,
    samplerConfig: { temperature: 0, seed: 0 },
    answer,
    grammar: answer.grammar,
    nextGrammar: undefined,
    nextToken: undefined,
    completionTokens: 0,
    reasoningTokens: 0,
    slowTokens: 0,
    minTokens: 0,
    scoring: undefined,
    loopWatch: undefined,
    isLooping: false,
    drafter: undefined,
    thoughtLimit: undefined,
    forcedTokens: [],
    stopTokens: new Set<number>(),
    stopControls: new Map<number, string>(),
  };
  const events: GenerationEvent[] = [];
  const changes: string[] = [];
  let before = '';
  for (const token of [...vocabulary.tokenize(text), bound.native.tokenEos()]) {
    events.push(...acceptToken(vocabulary, run, token));
    before += Buffer.from(vocabulary.tokenBytes(token)).toString();
    if (run.nextGrammar !== undefined) {
      changes.push(before);
      run.grammar = run.nextGrammar;
      run.nextGrammar = undefined;
    }
  }
  const texts = (type: 'text-delta' | 'reasoning-delta') =>
    events.map((event) => (event.type === type ? event.text : '')).join('');
  const finish = events.at(-1);
  return {
    content: texts('text-delta'),
    thought: texts('reasoning-delta'),
    calls: events.filter(({ type }) => type === 'tool-call-start').length,
    reason: finish?.type === 'finish' ? finish.reason : undefined,
    reasoningTokens: run.reasoningTokens,
    changes,
    startsFree: answer.grammar === undefined,
  };
}

const call = '<tool_call>\n{"name": "now", "arguments": {}}\n</tool_call>';

describe('an answer', () => {
  test('with a thought and no grammar tells both, and counts the tokens of the thought', () => {
    const answer = follow('<think>\nHm, well.\n</think>\n\nYes.', {});
    expect(answer).toMatchObject({ thought: 'Hm, well.', content: 'Yes.', reason: 'stop', changes: [] });
    const around = model.vocabulary.tokenize('Hm, well.').length;
    expect(answer.reasoningTokens).toBeGreaterThan(around);
    expect(answer.reasoningTokens).toBeLessThan(around + 12);
    expect(follow('Yes.', {}).reasoningTokens).toBe(0);
  });

  test('whose thought the prompt began gets its grammar when the thought is over, once', () => {
    const grammar = 'root ::= "yes" | "no"';
    const answer = follow('Hm.</think>\n\nyes', { grammar }, true);
    expect(answer).toMatchObject({ thought: 'Hm.', content: 'yes', startsFree: true });
    expect(answer.changes.length).toBe(1);
    expect(answer.changes[0]).toMatch(/^Hm\.<\/think>\s*$/);
    expect(follow('yes', { grammar })).toMatchObject({ content: 'yes', startsFree: false, changes: [] });
  });

  test('that must be a call is one after the thought', () => {
    const toolUse: ToolUse = { ...clock, choice: 'required' };
    expect(follow(`Hm.</think>\n\n${call}`, { toolUse }, true)).toMatchObject({
      thought: 'Hm.',
      content: '',
      calls: 1,
      reason: 'tool-calls',
      startsFree: true,
    });
    expect(follow(call, { toolUse })).toMatchObject({ calls: 1, startsFree: false, reasoningTokens: 0 });
  });

  test('that may be a call gets a grammar where one begins, and none where none does', () => {
    const answer = follow(`<think>A <tool_call>?</think>Let me see. ${call}`, { toolUse: clock });
    expect(answer).toMatchObject({ content: 'Let me see.', calls: 1, reason: 'tool-calls' });
    expect(answer.changes.length).toBe(1);
    expect(answer.changes[0]).toMatch(/Let me see\. <tool_call>\s*$/);
    const other = follow('The sign <tool_call>s is text.', { toolUse: clock });
    expect(other).toMatchObject({ content: 'The sign <tool_call>s is text.', calls: 0, reason: 'stop' });
  });

  test('in which no call may be made ends before one, and also where only earlier calls are known', () => {
    const toolUse: ToolUse = { ...clock, choice: 'none' };
    const none = follow(`Let me see. ${call}`, { toolUse });
    expect(none).toMatchObject({ content: 'Let me see.', calls: 0, reason: 'stop' });
    const made = [{ id: 'one', name: 'now', argumentsText: '{}' }];
    const messages = [{ role: 'assistant' as const, content: textContent(''), toolCalls: made }];
    const later = follow(`Let me see. ${call}`, { prompt: { kind: 'chat', messages } });
    expect(later).toMatchObject({ content: 'Let me see.', calls: 0, reason: 'stop' });
    const form = 'root ::= "<tool_call>{"';
    expect(follow('<tool_call>{', { toolUse, grammar: form }).content).toBe('<tool_call>{');
  });

  test('without tools and thoughts has no stage of its own', () => {
    const plain = { ...model, reasoningTags: undefined };
    expect(openAnswer(plain, plainRequest, 'turn').reading).toBeUndefined();
    const raw: GenerationRequest['prompt'] = { kind: 'tokens', tokens: [1], isEchoed: false };
    expect(openAnswer(model, { ...plainRequest, prompt: raw }, 'text').reading).toBeUndefined();
    expect(openAnswer(model, plainRequest, 'turn').reading).toBeDefined();
  });
});
