import { describe, expect, test } from 'vitest';
import type { GenerationEvent } from '../../../backend/generation-event.ts';
import { createReasoningSplitter } from '../reasoning/create-reasoning-splitter.ts';
import { createToolCallFormat } from '../tool-calls/create-tool-call-format.ts';
import { hermesSyntax } from '../tool-calls/syntaxes/json-object-syntaxes.ts';
import { plainTraits } from '../tool-calls/template-traits.ts';
import { type AnswerReaderParts, createAnswerReader } from './create-answer-reader.ts';
import { createMarkerTokens } from './marker-tokens.ts';

const format = createToolCallFormat(hermesSyntax, plainTraits);
const tools = [{ name: 'now', argumentsGrammar: '', parameters: [] }];
const tags = { start: '<think>', end: '</think>' };
const note = (text: string) => ({ text, bytes: undefined, logprob: -1, top: [] });

function open(changes: Partial<AnswerReaderParts> = {}) {
  return createAnswerReader({
    splitter: createReasoningSplitter(tags, { startsInside: false }),
    parser: format.createParser({ tools, isHeld: true }),
    triggers: undefined,
    stop: [],
    wantsLogprobs: false,
    dropsTextAtThoughtEnd: false,
    ...changes,
  });
}

/** One letter at a time, as if each were a token. */
function read(text: string, changes: Partial<AnswerReaderParts> = {}, isCut = false): string[] {
  const reader = open(changes);
  const events: GenerationEvent[] = [];
  for (const letter of text) {
    const piece = reader.push({ text: letter, logprobs: [note(letter)] });
    events.push(...piece.events);
    if (piece.isStopped) {
      return [...fold(events), 'stopped'];
    }
  }
  return fold([...events, ...reader.end({ text: '', logprobs: [] }, isCut)]);
}

function fold(events: readonly GenerationEvent[]): string[] {
  const folded: { kind: string; text: string }[] = [];
  const add = (kind: string, text: string) => {
    const last = folded.at(-1);
    if (last?.kind === kind) last.text += text;
    else folded.push({ kind, text });
  };
  for (const event of events) {
    if (event.type === 'text-delta') add('text', event.text);
    if (event.type === 'reasoning-delta') add('thought', event.text);
    if (event.type === 'tool-call-start') add('call', `${event.callIndex} ${event.name}`);
    if (event.type === 'tool-call-delta') add('arguments', event.argumentsText);
  }
  return folded.map(({ kind, text }) => `${kind}: ${text}`);
}

const call = '<tool_call>\n{"name": "now", "arguments": {"zone":"a.b"}}\n</tool_call>';

describe('an answer', () => {
  test('is taken apart into thoughts, content and calls', () => {
    expect(read(`<think>Hm. <tool_call></think>Let me see.\n${call}`)).toEqual([
      'thought: Hm. <tool_call>',
      'text: Let me see.',
      'call: 0 now',
      'arguments: {"zone":"a.b"}',
    ]);
  });

  test('keeps as content what is no call', () => {
    const text = '<tool_call>\n{"name": "rm", "arguments": {}}\n</tool_call>';
    expect(read(text)).toEqual([`text: ${text}`]);
    expect(read('<tool_call>\n{"name": "now", "argu')).toEqual(['text: <tool_call>\n{"name": "now", "argu']);
  });

  test('tells a call as it is made once a grammar holds it, and not what was cut off before a name', () => {
    const reader = open();
    const push = (text: string) => fold(reader.push({ text, logprobs: [] }).events);
    expect(push('One. <tool_call>\n{"name": "now", "arguments": {"z')).toEqual(['text: One.']);
    reader.expectCallsOnly();
    expect(push('one":"')).toEqual(['call: 0 now', 'arguments: {"zone":"']);
    expect(push('a"}}\n</tool_call>')).toEqual(['arguments: a"}']);
    expect(push('\n<tool_call>\n{"name": "no')).toEqual([]);
    expect(fold(reader.end({ text: '', logprobs: [] }, false))).toEqual([]);
    const forced = { parser: format.createParser({ tools }), isCallsOnly: true };
    expect(read('<tool_call>\n{"name', forced)).toEqual([]);
    expect(
      read('<tool_call>\n{"name": "now", "arguments": {"zone', {
        ...forced,
        parser: format.createParser({ tools }),
      }),
    ).toEqual(['call: 0 now', 'arguments: {"zone']);
  });

  test('that is cut off tells a call as far as it got, and nothing of one that has no name yet', () => {
    const cut = (text: string) => read(text, {}, true);
    expect(cut('One. <tool_c')).toEqual(['text: One.']);
    expect(cut('One. <tool_call>\n{"name": "no')).toEqual(['text: One.']);
    expect(cut('One. <tool_call>\n{"name": "now", "arguments": {"zo')).toEqual([
      'text: One.',
      'call: 0 now',
      'arguments: {"zo',
    ]);
    for (const rest of ['}', '}\n</', '}\n</tool_call>\n<tool_call>\n{"na']) {
      expect(cut(`<tool_call>\n{"name": "now", "arguments": {}${rest}`)).toEqual([
        'call: 0 now',
        'arguments: {}',
      ]);
    }
    expect(cut('One. \n')).toEqual(['text: One. \n']);
    expect(cut('The sign <tool_call>s is')).toEqual(['text: The sign <tool_call>s is']);
  });

  test('in which no call may be made ends where one begins, also of a tool that is not there', () => {
    const barred = () => ({ parser: format.createParser({ tools, isBarred: true }) });
    expect(read(`One.\n${call} Two.`, barred())).toEqual(['text: One.', 'stopped']);
    expect(read(call.replace('now', 'rm'), barred())).toEqual(['stopped']);
    expect(read('One. <tool_call', barred(), true)).toEqual(['text: One.']);
    expect(read('One. <tool_call', barred())).toEqual(['text: One. <tool_call']);
    expect(read('The sign <tool_call>s.', barred())).toEqual(['text: The sign <tool_call>s.']);
  });

  test('without a parser shows calls as they are', () => {
    expect(read(call, { parser: undefined })).toEqual([`text: ${call}`]);
  });

  test('is ended by a stop sequence in its content only', () => {
    expect(read(`<think>a.b</think>${call}`, { stop: ['.'] })).toEqual([
      'thought: a.b',
      'call: 0 now',
      'arguments: {"zone":"a.b"}',
    ]);
    expect(read(`<think>a.b</think>One. Two.`, { stop: ['. T'] })).toEqual([
      'thought: a.b',
      'text: One',
      'stopped',
    ]);
    expect(read('One. T', { stop: ['. Tw'] })).toEqual(['text: One. T']);
  });

  test('is not ended in the tokens that are free of stop sequences', () => {
    expect(read('a.b.c', { stop: ['.'], freeTokens: 2 })).toEqual(['text: a.b', 'stopped']);
    expect(read('a.b.c', { stop: ['.'], freeTokens: 4 })).toEqual(['text: a.b.c']);
  });

  test('tells the log-probabilities of its content, and of nothing else', () => {
    const reader = open({ wantsLogprobs: true });
    const events = [`<think>x</think>`, 'ab', 'c', call, '.']
      .flatMap((text) => reader.push({ text, logprobs: [note(text)] }).events)
      .flatMap((event) => (event.type === 'text-delta' ? [event] : []));
    expect(events.map(({ text, logprobs = [] }) => [text, logprobs.map((one) => one.text)])).toEqual([
      ['ab', ['ab']],
      ['c', ['c']],
      ['.', ['.']],
    ]);
  });

  test('says where a thought ended, and can drop what came with that', () => {
    const splitter = () => createReasoningSplitter(tags, { startsInside: true });
    const reader = open({ splitter: splitter(), parser: undefined, dropsTextAtThoughtEnd: true });
    expect(reader.isInThought).toBe(true);
    expect(reader.push({ text: 'Hm</think>\n{', logprobs: [] })).toEqual({
      events: [{ type: 'reasoning-delta', text: 'Hm' }],
      isStopped: false,
      mark: { kind: 'thought-end' },
    });
    expect(reader.push({ text: '{}', logprobs: [] }).events).toEqual([{ type: 'text-delta', text: '{}' }]);
  });
});

test('marker tokens are the control tokens within markers, and none that ends an answer', () => {
  const texts = ['<tool_call>', '</tool_call>', '<|im_end|>', '<|pad|>'];
  const control = texts.map((text, id) => ({ id, text, stripLeft: false, stripRight: false }));
  const vocabulary = {
    controlTokens: control,
    silentTokens: Uint32Array.of(0, 1, 3),
    isEndToken: (id: number) => id === 2,
  };
  const { bytes, refused } = createMarkerTokens(vocabulary, [...format.markers, '<|im_end|>\n']);
  expect([...bytes.keys()]).toEqual([0, 1]);
  expect(new TextDecoder().decode(bytes.get(1))).toBe('</tool_call>');
  expect([...refused]).toEqual([3]);
});
