import { randomBytes } from 'node:crypto';
import type { ToolCallDeltaEvent, ToolCallStartEvent } from '../../../backend/generation-event.ts';
import { writeJson } from '../../../json/write-json.ts';
import { toolCallIdCharactersMax } from '../chat/chat-message.ts';
import { isJsonObject } from '../shared/json-object.ts';
import { answerCallsMax, calledNameCharactersMax, heldArgumentsCharactersMax } from './answer-limits.ts';
import { createJsonEndScanner, type JsonEndScanner } from './json-end-scanner.ts';
import { asText } from './read-answer-parts.ts';
import { UpstreamFormatError } from './upstream-error.ts';
import { createWholeCharacters, type WholeCharacters } from './whole-characters.ts';

/** Reads the calls of one choice and gives them out one after the other, whatever order their pieces come in. */
export interface ToolCallReader {
  /** The `tool_calls` of a delta. */
  readDelta(calls: readonly unknown[]): void;
  /** The `tool_calls` of a whole message: each is a call. */
  readMessage(calls: readonly unknown[]): void;
  /** The choice has ended: gives out what was held. */
  end(): void;
}

export interface ToolCallReaderOptions {
  readonly emit: (event: ToolCallStartEvent | ToolCallDeltaEvent) => void;
  /** Ids in the conversation: a call of the answer gets another one. */
  readonly isUsedId: (id: string) => boolean;
}

interface Call {
  /** As the upstream counts them; undefined: it does not. */
  readonly index: number | undefined;
  readonly wireId: string;
  readonly id: string;
  name: string;
  /** Not given out yet. */
  held: string;
  isEmpty: boolean;
  readonly characters: WholeCharacters;
  readonly scanner: JsonEndScanner;
}

interface Piece {
  readonly index: number | undefined;
  readonly id: string;
  readonly name: string;
  readonly argumentsText: string;
}

/** Random bits of an id that the upstream did not give. */
const idRandomBytes = 12;

export function createToolCallReader({ emit, isUsedId }: ToolCallReaderOptions): ToolCallReader {
  const calls: Call[] = [];
  /** The call that is given out; those before it are complete. */
  let active = 0;
  let isActiveStarted = false;

  const toId = (wireId: string): string => {
    const isFree = wireId !== '' && wireId.length <= toolCallIdCharactersMax && !isUsedId(wireId);
    if (isFree && !calls.some(({ id }) => id === wireId)) return wireId;
    return `call_${randomBytes(idRandomBytes).toString('hex')}`;
  };

  const begin = (piece: Piece): Call => {
    if (calls.length === answerCallsMax) {
      throw new UpstreamFormatError(`An answer has more than ${answerCallsMax} calls.`);
    }
    const call = createCall(piece, toId(piece.id));
    calls.push(call);
    return call;
  };

  const flush = (): void => {
    const call = calls[active];
    if (call === undefined || call.name === '') return;
    if (!isActiveStarted) emit({ type: 'tool-call-start', callIndex: active, id: call.id, name: call.name });
    isActiveStarted = true;
    if (call.held === '') return;
    emit({ type: 'tool-call-delta', callIndex: active, argumentsText: call.held });
    call.held = '';
  };

  const advance = (): void => {
    active += 1;
    isActiveStarted = false;
  };

  const add = (call: Call, { name, argumentsText }: Piece): void => {
    if (call.name === '') call.name = name;
    if (argumentsText === '') return;
    if (calls.indexOf(call) < active) {
      if (argumentsText.trim() === '') return;
      throw new UpstreamFormatError('A call goes on after its arguments were complete.');
    }
    call.isEmpty = false;
    const whole = call.characters.push(argumentsText);
    call.held += whole;
    call.scanner.push(whole);
    if (call.held.length > heldArgumentsCharactersMax) {
      throw new UpstreamFormatError(`Calls hold back more than ${heldArgumentsCharactersMax} characters.`);
    }
  };

  const giveOut = (): void => {
    flush();
    while (active + 1 < calls.length && calls[active]?.scanner.isComplete() === true) {
      advance();
      flush();
    }
  };

  return {
    readDelta: (list) => {
      const isListed = new Set<Call>();
      for (const value of list) {
        const piece = toPiece(value);
        if (piece === undefined) continue;
        const call = findCall(calls, piece, isListed) ?? begin(piece);
        isListed.add(call);
        add(call, piece);
        giveOut();
      }
    },
    readMessage: (list) => {
      for (const value of list) {
        const piece = toPiece(value);
        if (piece === undefined) continue;
        add(begin(piece), piece);
        giveOut();
      }
    },
    end: () => {
      for (; active < calls.length; advance()) {
        const call = calls[active];
        if (call === undefined) return;
        if (call.name === '') throw new UpstreamFormatError('A call has no name.');
        call.held += call.isEmpty ? '{}' : call.characters.end();
        flush();
      }
    },
  };
}

function createCall({ index, id: wireId, name }: Piece, id: string): Call {
  const [characters, scanner] = [createWholeCharacters(), createJsonEndScanner()];
  return { index, wireId, id, name, held: '', isEmpty: true, characters, scanner };
}

/** The call that a piece goes on with; undefined: it begins a new one. */
function findCall(calls: readonly Call[], piece: Piece, listed: ReadonlySet<Call>): Call | undefined {
  const { index, id, name } = piece;
  const call = index === undefined ? findUncounted(calls, id) : calls.findLast((one) => one.index === index);
  if (call === undefined || name === '' || call.name === '') return call;
  // A name begins a call, unless it only repeats the one of the call under way.
  const isOther =
    (id !== '' && call.wireId !== '' && id !== call.wireId) || (id === '' && call.scanner.isComplete());
  if (isOther) return undefined;
  if (index !== undefined) return call;
  return name !== call.name || listed.has(call) ? undefined : call;
}

function findUncounted(calls: readonly Call[], id: string): Call | undefined {
  return calls.find(({ wireId }) => id !== '' && wireId === id) ?? calls.at(-1);
}

function toPiece(value: unknown): Piece | undefined {
  if (!isJsonObject(value)) return undefined;
  const { index, id, function: called } = value;
  // A few servers leave out the level of `function`.
  const fields = isJsonObject(called) ? called : value;
  const name = asText(fields['name']);
  if (name.length > calledNameCharactersMax) {
    throw new UpstreamFormatError(`The name of a call has more than ${calledNameCharactersMax} characters.`);
  }
  return {
    index: Number.isSafeInteger(index) ? Number(index) : undefined,
    id: typeof id === 'number' ? String(id) : asText(id),
    name,
    argumentsText: toArgumentsText(fields['arguments']),
  };
}

/** JSON as the model wrote it, or the object that a server made of it. */
function toArgumentsText(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === undefined || value === null ? '' : writeJson(value);
}
