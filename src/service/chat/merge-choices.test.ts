import { describe, expect, test } from 'vitest';
import { finish, started, textDelta } from '../../../test/scripted-backend.ts';
import type { ChoiceEvent } from '../../backend/choice-event.ts';
import type { GenerationEvent } from '../../backend/generation-event.ts';
import { mergeChoices } from './merge-choices.ts';

const nothing = () => undefined;

async function* play(
  events: readonly (GenerationEvent | Promise<unknown>)[],
  onEnd: () => void = nothing,
): AsyncGenerator<GenerationEvent> {
  try {
    for (const event of events) {
      if (event instanceof Promise) await event;
      else yield event;
    }
  } finally {
    onEnd();
  }
}

async function readAll(events: AsyncIterable<ChoiceEvent>): Promise<string[]> {
  const seen: string[] = [];
  for await (const { choice, event } of events) {
    seen.push(`${choice} ${event.type === 'text-delta' ? event.text : event.type}`);
  }
  return seen;
}

describe('merged choices', () => {
  test('all events of all of them come, each in its own order', async () => {
    const choices = ['a', 'b', 'c'].map((text) =>
      play([started, textDelta(`${text}1`), textDelta(`${text}2`), finish(3)]),
    );
    const seen = await readAll(mergeChoices(choices, nothing));
    expect(seen).toHaveLength(12);
    for (const [index, text] of ['a', 'b', 'c'].entries()) {
      expect(seen.filter((line) => line.startsWith(`${index} `))).toEqual(
        ['started', `${text}1`, `${text}2`, 'finish'].map((event) => `${index} ${event}`),
      );
    }
  });

  test('one that waits holds up no other', async () => {
    let open = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const merged = mergeChoices(
      [play([gate, textDelta('late')]), play([textDelta('a'), textDelta('b')])],
      nothing,
    );
    const seen: unknown[] = [(await merged.next()).value, (await merged.next()).value];
    expect(seen).toMatchObject([{ choice: 1 }, { choice: 1 }]);
    open();
    expect(await readAll(merged)).toEqual(['0 late']);
  });

  test('a failure of one ends all: it is thrown, and nothing is left running', async () => {
    const failure = new Error('failed');
    const ended: number[] = [];
    let abortOther: (reason: unknown) => void = nothing;
    const silent = new Promise<never>((_, reject) => {
      abortOther = reject;
    });
    const choices = [
      play([textDelta('a'), Promise.reject(failure)], () => ended.push(0)),
      play([silent], () => ended.push(1)),
    ];
    await expect(readAll(mergeChoices(choices, (reason) => abortOther(reason)))).rejects.toBe(failure);
    expect(ended.sort()).toEqual([0, 1]);
  });

  test('a reader who leaves ends all', async () => {
    const ended: number[] = [];
    const endless = (index: number) =>
      play(
        Array.from({ length: 100 }, () => textDelta('a')),
        () => ended.push(index),
      );
    for await (const { choice } of mergeChoices([endless(0), endless(1)], nothing)) {
      if (choice === 1) break;
    }
    expect(ended.sort()).toEqual([0, 1]);
  });

  test('no choice is asked for more than its reader takes', async () => {
    let made = 0;
    async function* count(): AsyncGenerator<GenerationEvent> {
      for (; made < 100; made += 1) yield textDelta('a');
    }
    const merged = mergeChoices([count()], nothing);
    await merged.next();
    await merged.next();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(made).toBe(1);
    await merged.return(undefined);
  });
});
