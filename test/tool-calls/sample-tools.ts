import type { ArgumentsNotation } from '../../src/backend/tool.ts';
import type {
  CallableTool,
  ShownTool,
  ToolCallEvent,
} from '../../src/engine/engine-process/tool-calls/tool-call-format.ts';
import { compileArguments } from '../../src/grammar/compile-arguments.ts';

export const sampleTools: readonly (ShownTool & { readonly parameters: object })[] = [
  {
    name: 'get_weather',
    description: 'The weather of a city.',
    parameters: {
      type: 'object',
      properties: {
        city: { type: 'string', description: 'Name of the city' },
        days: { type: 'integer', minimum: 1, maximum: 14 },
        unit: { type: 'string', enum: ['celsius', 'fahrenheit'] },
      },
      required: ['city'],
      additionalProperties: false,
    },
  },
  {
    name: 'get_weather_alerts',
    parameters: {
      type: 'object',
      properties: {
        areas: { type: 'array', items: { type: 'string' }, maxItems: 5 },
        isUrgent: { type: 'boolean' },
        near: {
          type: 'object',
          properties: { latitude: { type: 'number' }, name: { type: 'string' } },
          required: ['latitude'],
          additionalProperties: false,
        },
        since: { type: ['string', 'null'] },
      },
      required: ['areas', 'isUrgent'],
      additionalProperties: false,
    },
  },
  {
    name: 'now',
    description: 'The time.',
    parameters: { type: 'object', properties: {}, additionalProperties: false },
  },
];

/** Of a call that is forced where `charactersMax` says how many characters its arguments may have. */
export function toCallable(
  { name, parameters }: ShownTool,
  notation: ArgumentsNotation,
  charactersMax?: number,
): CallableTool {
  const { grammar } = compileArguments(parameters, notation, charactersMax);
  return { name, grammar, parameters: grammar.kind === 'parameters' ? grammar.parameters : [] };
}

export function toCallableTools(notation: ArgumentsNotation, charactersMax?: number): CallableTool[] {
  return sampleTools.map((tool) => toCallable(tool, notation, charactersMax));
}

export interface ReadCall {
  readonly name: string;
  readonly arguments: unknown;
  readonly isComplete: boolean;
}

export interface ReadAnswer {
  /** A call began that may not be made. */
  readonly isBarred?: boolean;
  readonly content: string;
  readonly calls: readonly ReadCall[];
}

/** Events put together; fails where their order or an index is wrong, or complete arguments are no JSON. */
export function foldEvents(events: readonly ToolCallEvent[]): ReadAnswer {
  let content = '';
  let isBarred = false;
  const calls: { name: string; text: string; isComplete: boolean | undefined }[] = [];
  for (const event of events) {
    if (event.type === 'content') {
      content += event.text;
      continue;
    }
    if (event.type === 'call-start') {
      if (event.index !== calls.length) throw new Error(`Call ${event.index} is number ${calls.length}.`);
      calls.push({ name: event.name, text: '', isComplete: undefined });
      continue;
    }
    if (event.type === 'barred-call') {
      isBarred = true;
      continue;
    }
    const call = calls[event.index];
    if (call === undefined || call.isComplete !== undefined)
      throw new Error(`Call ${event.index} is not open.`);
    if (event.type === 'arguments-delta') call.text += event.text;
    else call.isComplete = event.isComplete;
  }
  return {
    content,
    ...(isBarred ? { isBarred } : {}),
    calls: calls.map(({ name, text, isComplete }) => {
      if (isComplete === undefined) throw new Error(`${name} did not end.`);
      return { name, isComplete, arguments: isComplete ? JSON.parse(text) : text };
    }),
  };
}

/** The same numbers for the same seed. */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 4) / 2 ** 28;
  };
}

/** A text in pieces of random lengths. */
export function splitText(text: string, random: () => number): string[] {
  const pieces: string[] = [];
  for (let at = 0; at < text.length; ) {
    const length = 1 + Math.floor(random() * (random() < 0.7 ? 3 : 20));
    pieces.push(text.slice(at, at + length));
    at += length;
  }
  return pieces;
}
