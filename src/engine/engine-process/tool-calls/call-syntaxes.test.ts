// Every family: what is written is what its grammar allows and its parser reads.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSampler } from '../../../../test/grammar/create-sampler.ts';
import { matchesGrammar } from '../../../../test/grammar/matches-grammar.ts';
import { readGbnf } from '../../../../test/grammar/read-gbnf.ts';
import {
  createRandom,
  foldEvents,
  sampleTools,
  splitText,
  toCallable,
  toCallableTools,
} from '../../../../test/tool-calls/sample-tools.ts';
import { checkGbnf } from '../../../grammar/gbnf/check-gbnf.ts';
import { createSchemaValidator } from '../../../grammar/schema-validator.ts';
import { createToolCallFormat } from './create-tool-call-format.ts';
import { callSyntaxes } from './find-tool-call-format.ts';
import { toResultTexts } from './result-tags.ts';
import { plainTraits } from './template-traits.ts';
import type { ToolCallFormat } from './tool-call-format.ts';
import { writeCalls } from './write-calls.ts';

const table = callSyntaxes.map((syntax) => ({
  name: syntax.name,
  syntax,
  format: createToolCallFormat(syntax, plainTraits),
}));

const madeCalls = [
  { name: 'get_weather', arguments: { city: 'Saint-Étienne "Loire" \\ <b>日本\nline</b> 😀', days: 3 } },
  { name: 'now', arguments: {} },
  {
    name: 'get_weather_alerts',
    arguments: { areas: ['a, b', "it's"], isUrgent: true, near: { latitude: -1.5, name: 'x' }, since: null },
  },
];
const toMade = (calls: typeof madeCalls) =>
  calls.map((call, index) => ({
    id: `call_${index}`,
    name: call.name,
    arguments: JSON.stringify(call.arguments),
  }));
const complete = (calls: typeof madeCalls) => calls.map((call) => ({ ...call, isComplete: true }));

function read(format: ToolCallFormat, pieces: readonly string[], isHeld = false) {
  const parser = format.createParser({ tools: toCallableTools(format.notation), isHeld });
  return foldEvents([...pieces.flatMap((piece) => parser.push(piece)), ...parser.end()]);
}

describe.each(table)('$name', ({ syntax, format }) => {
  const calls = format.isParallelPossible ? madeCalls : madeCalls.slice(0, 1);
  const written = writeCalls(syntax, toMade(calls));
  const callableTools = toCallableTools(format.notation);

  test('what is written is read, however it is cut', () => {
    expect(read(format, [written])).toEqual({ content: '', calls: complete(calls) });
    expect(read(format, [...written])).toEqual({ content: '', calls: complete(calls) });
    const random = createRandom(1);
    for (let count = 0; count < 50; count++) {
      const pieces = splitText(written, random);
      expect(read(format, pieces, count % 2 === 0), JSON.stringify(pieces)).toEqual({
        content: '',
        calls: complete(calls),
      });
    }
  });

  test.each(madeCalls.map((call) => [call]))('the grammar allows what is written: $name', (call) => {
    const grammar = format.toGrammar({ tools: callableTools, isParallel: false });
    checkGbnf(grammar);
    // The same value as this family's grammar writes it: JSON's words where others write Python's.
    const own = writeCalls(syntax, toMade([call])).replace('since=None', 'since=null');
    expect(matchesGrammar(readGbnf(grammar), own), own).toBe(true);
    expect(matchesGrammar(readGbnf(grammar), `${own}x`)).toBe(false);
  });

  test('the grammar allows several calls only where they are wanted', () => {
    const several = writeCalls(syntax, toMade(madeCalls.slice(0, 2)));
    const allows = (isParallel: boolean, callsMax?: number) =>
      matchesGrammar(
        readGbnf(
          format.toGrammar({
            tools: callableTools,
            isParallel,
            ...(callsMax === undefined ? {} : { callsMax }),
          }),
        ),
        several,
      );
    expect(allows(true)).toBe(format.isParallelPossible);
    expect(allows(false)).toBe(false);
    expect(allows(true, 1)).toBe(false);
  });

  test('after every trigger the grammar leads to calls that are read', () => {
    const random = createRandom(2);
    for (const trigger of format.triggers(sampleTools)) {
      const grammar = format.toGrammarAfterTrigger(trigger, { tools: callableTools, isParallel: false });
      const sampler = createSampler(readGbnf(grammar));
      for (let count = 0; count < 10; count++) {
        const text = trigger.text + (sampler.sample(random) ?? '');
        const before = trigger.isAtStart ? '\n' : 'Let me see.\n';
        const answer = read(format, splitText(before + text, random));
        expect(answer.calls, text).toHaveLength(1);
        expect(answer.calls[0]?.isComplete, text).toBe(true);
        expect(answer.content, text).toBe(before.trim());
      }
    }
  });

  test('texts of the grammar are calls with arguments of the schema', () => {
    const validators = new Map(
      sampleTools.map(({ name, parameters }) => [name, createSchemaValidator(parameters)]),
    );
    const tools = toCallableTools(format.notation, 720);
    const grammar = format.toGrammar({ tools, isParallel: true, callsMax: 3 });
    const sampler = createSampler(readGbnf(grammar));
    expect(sampler.endlessRule).toBeUndefined();
    const random = createRandom(3);
    for (let count = 0; count < 60; count++) {
      const text = sampler.sample(random) ?? '';
      const answer = read(format, splitText(text, random));
      expect(answer.content, text).toBe('');
      expect(answer.calls.length, text).toBeGreaterThan(0);
      for (const call of answer.calls) {
        expect(call.isComplete, text).toBe(true);
        expect(validators.get(call.name)?.check(call.arguments), text).toEqual([]);
      }
    }
  });

  test('what stands before a call is content, without the white space between', () => {
    if (syntax.isAtStartOnly === true) return;
    const before = syntax.beginsWithName === true ? 'Let me see.>>>' : 'Let me see.\n\n';
    const answer = read(format, [before + written]);
    expect(answer).toEqual({ content: 'Let me see.', calls: complete(calls) });
  });

  test('plain text stays as it is', () => {
    const texts = [
      'Hello  there.\n\n{"a": [1]} <b>x</b> [a] <|x|> to >> x\n',
      ' ',
      '',
      '<',
      '<tool',
      '{"nam',
    ];
    for (const text of texts) {
      expect(read(format, [...text])).toEqual({ content: text, calls: [] });
    }
  });

  test('a call that was cut off is content, or a call that is not complete', () => {
    for (let end = 0; end < written.length; end++) {
      const text = written.slice(0, end);
      const whole = read(format, [text], true);
      expect(
        whole.calls.every(({ isComplete }) => isComplete),
        text,
      ).toBe(true);
      if (whole.calls.length === 0) expect(whole.content).toBe(text);
      const streamed = read(format, [text]);
      expect(streamed.calls.filter(({ isComplete }) => isComplete)).toEqual(whole.calls);
      if (streamed.calls.length === 0) expect(streamed.content).toBe(text);
    }
  });

  test('a call that was cut off is told as far as it got, or is held back', () => {
    for (let end = 1; end < written.length; end++) {
      const parser = format.createParser({ tools: callableTools, isHeld: true });
      const told = parser.push(written.slice(0, end));
      expect(
        told.filter(({ type }) => type === 'content'),
        written.slice(0, end),
      ).toEqual([]);
      const { calls: cut } = foldEvents([...told, ...parser.end(true)]);
      const streamed = format.createParser({ tools: callableTools });
      const all = foldEvents([...streamed.push(written.slice(0, end)), ...streamed.end()]);
      expect(cut, written.slice(0, end)).toEqual(all.calls);
    }
  });

  test('where no call may be made the text ends before one, of whatever tool', () => {
    const before = syntax.isAtStartOnly === true || syntax.beginsWithName === true ? '' : 'Let me see.\n';
    const names = syntax.beginsWithName === true ? ['now'] : ['now', 'other'];
    for (const name of names) {
      const one = writeCalls(syntax, [{ id: 'call_0', name, arguments: '{"a": 1}' }]);
      for (const pieces of [[before + one], [...before, ...one]]) {
        const parser = format.createParser({ tools: callableTools, isBarred: true });
        const events = [...pieces.flatMap((piece) => parser.push(piece)), ...parser.end()];
        expect(foldEvents(events), one).toEqual({ content: before.trim(), isBarred: true, calls: [] });
      }
    }
    const plain = 'Hello  there.\n\n{"a": [1]} <b>x</b> [a] <|x|> to >> x\n{"name": "Ada", "age": 36}';
    const parser = format.createParser({ tools: callableTools, isBarred: true });
    expect(foldEvents([...parser.push(plain), ...parser.end()])).toEqual({ content: plain, calls: [] });
  });

  test('tags of results are no content, wherever an answer is wrapped in them, and however it is cut', () => {
    const [before, after] = toResultTexts(syntax);
    const answers = [
      [`${before}18 degrees.${after}`, '18 degrees.'],
      [`${before}18 degrees.`, '18 degrees.'],
      [
        `${before}18 degrees.${after}\n${before}No rain.${after}\nSo it is.`,
        '18 degrees.\nNo rain.\nSo it is.',
      ],
    ] as const;
    for (const [answer, content] of answers) {
      for (const isHeld of [false, true]) {
        for (const isBarred of [false, true]) {
          for (const pieces of [[answer], [...answer]]) {
            const parser = format.createParser({ tools: callableTools, isHeld, isBarred });
            const events = [...pieces.flatMap((piece) => parser.push(piece)), ...parser.end()];
            expect(foldEvents(events), answer).toEqual({ content, calls: [] });
          }
        }
      }
    }
    const tag = before.trim().split('\n')[0];
    const spoken = [`A result stands in ${tag} tags.`, `Look: \`${tag}\` and ${after.trim()}`, 'a <b>c</b>'];
    for (const text of spoken) expect(read(format, [...text])).toEqual({ content: text, calls: [] });
  });

  test('a tool that is not there is content', () => {
    const other = writeCalls(syntax, [{ id: 'call_0', name: 'other', arguments: '{"a": 1}' }]);
    expect(read(format, [other])).toEqual({ content: other, calls: [] });
  });

  test('broken text is never an error, and cut anywhere gives the same', () => {
    const parts = fc.constantFrom(
      ...splitText(written, createRandom(4)),
      ...'{}"<>[]():,= \n',
      'x',
      'now',
      'True',
    );
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 12 }), fc.integer(), (pieces, seed) => {
        const text = pieces.join('');
        for (const isHeld of [false, true]) {
          const whole = read(format, [text], isHeld);
          expect(read(format, splitText(text, createRandom(seed)), isHeld)).toEqual(whole);
          if (whole.calls.length === 0 && !hasHidden(syntax.hidden, text)) expect(whole.content).toBe(text);
        }
      }),
      { numRuns: 100 },
    );
  });
});

test('a hundred tools with names that begin alike are one way to go', () => {
  for (const { format } of table) {
    const tool = toCallable(sampleTools[0]!, format.notation);
    const tools = Array.from({ length: 128 }, (_, index) => ({ ...tool, name: `get_item_${index}` }));
    const grammar = format.toGrammar({ tools, isParallel: true });
    checkGbnf(grammar);
    if (format.name === 'hermes') {
      const call = '<tool_call>\n{"name": "get_item_127", "arguments": {"city": "x"}}\n</tool_call>';
      expect(matchesGrammar(readGbnf(grammar), call)).toBe(true);
    }
  }
});

test('long arguments are read in time that grows with them only', () => {
  const text = `<tool_call>\n{"name": "get_weather", "arguments": {"city": "${'<é\\n>'.repeat(100_000)}"}}\n</tool_call>`;
  const hermes = table.find(({ name }) => name === 'hermes');
  const answer = read(hermes!.format, splitText(text, createRandom(5)));
  expect(answer.calls[0]?.isComplete).toBe(true);
});

function hasHidden(hidden: readonly { readonly text: string }[] | undefined, text: string): boolean {
  return (hidden ?? []).some((one) => text.includes(one.text));
}
