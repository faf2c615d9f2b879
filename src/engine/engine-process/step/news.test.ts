import { expect, test } from 'vitest';
import type { GenerationEvent } from '../../../backend/generation-event.ts';
import type { EngineProgress } from '../../engine-message.ts';
import { createNews, heldStepMsMax } from './news.ts';

const toItem = (event: GenerationEvent, id = 'a'): EngineProgress => ({ id, type: 'event', event });
const piece = (text: string, id = 'a') => toItem({ type: 'text-delta', text }, id);
const short = heldStepMsMax;
const usage = { promptTokens: 1, completionTokens: 2, cachedTokens: 0, reasoningTokens: 0 };

function prepare() {
  const sent: EngineProgress[][] = [];
  const news = createNews((items) => sent.push([...items]));
  /** One step after the other: what each made, and how long the next one takes. */
  const run = (...steps: readonly (readonly [readonly EngineProgress[], number])[]) => {
    for (const [items, stepMs] of steps) {
      for (const item of items) news.add(item);
      news.sendOrHold(stepMs);
    }
  };
  return { sent, news, run };
}

test('the first piece of an answer never waits, those after it go in pairs', () => {
  const { sent, run } = prepare();
  const texts = ['1', '2', '3', '4', '5'].map((text) => piece(text));
  run(...texts.map((item) => [[item], short] as const));
  const [first, ...rest] = texts;
  expect(sent).toEqual([[first], rest.slice(0, 2), rest.slice(2)]);
});

test('nothing waits for a long step', () => {
  const { sent, run } = prepare();
  run([[piece('1')], short], [[piece('2')], short + 1], [[piece('3')], short], [[piece('4')], short + 1]);
  expect(sent).toEqual([[piece('1')], [piece('2')], [piece('3'), piece('4')]]);
});

test.each<readonly [string, EngineProgress]>([
  ['a finish', toItem({ type: 'finish', reason: 'stop', usage })],
  ['the end of a request', { id: 'a', type: 'released' }],
  ['a failure', { id: 'a', type: 'failed', failure: { code: 'engine_crashed', message: 'x' } }],
  [
    'an answer that begins',
    toItem({ type: 'started', promptTokens: 1, cachedTokens: 0, queueWaitMs: 0 }, 'b'),
  ],
  ['the first piece of another answer', piece('x', 'b')],
  ['a call', toItem({ type: 'tool-call-start', callIndex: 0, id: 'c', name: 'f' })],
])('%s does not wait, and takes along what does', (_, item) => {
  const { sent, run } = prepare();
  run([[piece('1')], short], [[piece('2'), item], short]);
  expect(sent.at(-1)).toEqual([piece('2'), item]);
  const held = prepare();
  held.run([[piece('1')], short], [[piece('2')], short], [[item], short]);
  expect(held.sent.at(-1)).toEqual([piece('2'), item]);
});

test('an answer that has ended begins again with its first piece', () => {
  const { sent, run } = prepare();
  run([[piece('1')], short], [[{ id: 'a', type: 'released' }], short], [[piece('2')], short]);
  expect(sent.at(-1)).toEqual([piece('2')]);
});

test('what waits is sent when it is asked for, and a step without news holds nothing', () => {
  const { sent, news, run } = prepare();
  run([[], short], [[piece('1')], short], [[piece('2')], short]);
  news.send();
  news.send();
  expect(sent).toEqual([[piece('1')], [piece('2')]]);
});
