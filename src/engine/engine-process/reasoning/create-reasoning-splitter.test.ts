import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRandom, splitText } from '../../../../test/tool-calls/sample-tools.ts';
import type { ReasoningTags } from '../../reasoning/reasoning-tags.ts';
import { createReasoningSplitter } from './create-reasoning-splitter.ts';

const think: ReasoningTags = { start: '<think>', end: '</think>' };

function split(tags: ReasoningTags, pieces: readonly string[], startsInside = false) {
  const splitter = createReasoningSplitter(tags, { startsInside });
  const parts = [...pieces.map((piece) => splitter.push(piece)), splitter.end()];
  return {
    reasoning: parts.map(({ reasoning }) => reasoning).join(''),
    text: parts.map(({ text }) => text).join(''),
  };
}

describe('splitting thoughts from text', () => {
  test.each<[string, boolean, string, string]>([
    ['<think>\nHm.\nWell.\n</think>\n\nParis.\n', false, 'Hm.\nWell.', 'Paris.\n'],
    ['\n<think>Hm.</think>Paris.', false, 'Hm.', 'Paris.'],
    ['Hm.\n</think>\n\nParis.', true, 'Hm.', 'Paris.'],
    ['<think>\n\n</think>\n\nParis.', false, '', 'Paris.'],
    ['Paris.', false, '', 'Paris.'],
    ['  Paris. \n', false, '', '  Paris. \n'],
    ['Say <think> twice: <think></think>.', false, '', 'Say <think> twice: <think></think>.'],
    ['<think>a < b, </thin> </ think></think>ok', false, 'a < b, </thin> </ think>', 'ok'],
    ['<think>Not done', false, 'Not done', ''],
    ['<think>Not done </thi', false, 'Not done </thi', ''],
    ['<thi', false, '', '<thi'],
    ['</think</think><think>>', true, '</think>', ''],
    ['', false, '', ''],
  ])('%j', (answer, startsInside, reasoning, text) => {
    expect(split(think, [answer], startsInside)).toEqual({ reasoning, text });
    expect(split(think, [...answer], startsInside)).toEqual({ reasoning, text });
  });

  test('any answer, cut anywhere, gives the same, and no tag is shown', () => {
    const parts = fc.constantFrom('<think>', '</think>', '<', '</', 'think', '>', ' ', '\n', 'word', 'a');
    fc.assert(
      fc.property(
        fc.array(parts, { maxLength: 15 }),
        fc.boolean(),
        fc.integer(),
        (answer, startsInside, seed) => {
          const text = answer.join('');
          const whole = split(think, [text], startsInside);
          expect(split(think, splitText(text, createRandom(seed)), startsInside)).toEqual(whole);
          // Two thoughts right after each other are joined: what ends one and begins the next may read like a tag.
          const thoughts = Number(startsInside) + text.split('<think>').length - 1;
          if (thoughts <= 1) expect(whole.reasoning).not.toContain('</think>');
        },
      ),
      { numRuns: 500 },
    );
  });

  test('a text that is gone on with has no thought at its start any more', () => {
    const splitter = createReasoningSplitter(think, { startsInside: false, startsInText: true });
    expect(splitter.push('<think>Hm.')).toEqual({ reasoning: '', text: '<think>Hm.' });
  });

  test('nothing is held back longer than it may be a tag', () => {
    const splitter = createReasoningSplitter(think, { startsInside: false });
    expect(splitter.push('<th')).toEqual({ reasoning: '', text: '' });
    expect(splitter.push('e')).toEqual({ reasoning: '', text: '<the' });
    expect(splitter.push(' end')).toEqual({ reasoning: '', text: ' end' });
    expect(splitter.isInThought).toBe(false);
  });

  test('channels: thoughts between messages, and a call is left for who reads calls', () => {
    const harmony: ReasoningTags = {
      start: '<|channel|>analysis<|message|>',
      end: '<|end|>',
      isAnywhere: true,
      hidden: [
        '<|start|>assistant',
        '<|channel|>final<|message|>',
        '<|channel|>commentary<|message|>',
        '<|end|>',
      ],
    };
    const answer =
      '<|channel|>analysis<|message|>Think.<|end|><|start|>assistant<|channel|>commentary<|message|>Calling.<|end|>' +
      '<|start|>assistant<|channel|>analysis<|message|> More.<|end|><|start|>assistant to=functions.f<|channel|>' +
      'commentary json<|message|>{}';
    for (let seed = 0; seed < 20; seed++) {
      expect(split(harmony, splitText(answer, createRandom(seed)))).toEqual({
        reasoning: 'Think.More.',
        text: 'Calling.to=functions.f<|channel|>commentary json<|message|>{}',
      });
    }
    expect(split(harmony, ['<|channel|>final<|message|>Hello.']).text).toBe('Hello.');
  });
});
