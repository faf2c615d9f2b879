import { StringDecoder } from 'node:string_decoder';
import { tryParseJson } from '../../json/try-parse-json.ts';
import { createEventStreamParser } from '../../protocol/openai/shared/event-stream-parser.ts';
import { UpstreamFormatError } from '../../protocol/openai/upstream/upstream-error.ts';
import { AnswerTooLongError, toText } from '../transport/ask.ts';

/** Bytes of one answer, streamed or whole. */
export const answerBytesMax = 256 * 1024 * 1024;

/** Bytes of a whole answer, which is read in one go. */
export const wholeAnswerBytesMax = 64 * 1024 * 1024;

export interface AnswerBodySink {
  /** A chunk, or the whole answer. */
  onValue(value: unknown): void;
  /** The first bytes of a whole answer came. */
  onWholeBegun(): void;
  /** `[DONE]`, or the end of a whole answer. Nothing comes after it. */
  onDone(): void;
}

/** Reads the bytes of an answer: server-sent events, or one JSON object. */
export interface AnswerBody {
  /** @throws {UpstreamFormatError | EventStreamError | AnswerTooLongError} for what is neither */
  push(bytes: Buffer): void;
  /** No more bytes come. */
  end(): void;
}

/**
 * What comes decides what it is read as, and not what was asked for or what the content type says: some servers answer a
 * request for a stream with one object, and some send either with another type.
 */
export function createAnswerBody(sink: AnswerBodySink): AnswerBody {
  let bytesRead = 0;
  let body: AnswerBody | undefined;
  return {
    push: (bytes) => {
      bytesRead += bytes.length;
      if (bytesRead > answerBytesMax) throw new AnswerTooLongError(answerBytesMax);
      if (body === undefined) {
        const first = findFirstByte(bytes);
        if (first === undefined && bytesRead > leadingBytesMax) throw new AnswerTooLongError(leadingBytesMax);
        if (first === undefined) return;
        if (first === openingBrace) sink.onWholeBegun();
        body = first === openingBrace ? createWholeBody(sink) : createEventBody(sink);
      }
      body.push(bytes);
    },
    end: () => body?.end(),
  };
}

const openingBrace = '{'.charCodeAt(0);

/** At most as many of them; some servers send spaces while nothing else is there to send. */
const leadingBytesMax = 1024 * 1024;

/** Bytes that may stand before an answer: a byte order mark in UTF-8, and space. */
const leadingBytes: ReadonlySet<number> = new Set([0xef, 0xbb, 0xbf, 0x20, 0x09, 0x0a, 0x0d]);

function findFirstByte(bytes: Buffer): number | undefined {
  return bytes.find((byte) => !leadingBytes.has(byte));
}

function createWholeBody({ onValue, onDone }: AnswerBodySink): AnswerBody {
  const pieces: Buffer[] = [];
  let bytesRead = 0;
  return {
    push: (bytes) => {
      bytesRead += bytes.length;
      if (bytesRead > wholeAnswerBytesMax) throw new AnswerTooLongError(wholeAnswerBytesMax);
      pieces.push(bytes);
    },
    end: () => {
      onValue(parse(toText(pieces)));
      onDone();
    },
  };
}

function createEventBody({ onValue, onDone }: AnswerBodySink): AnswerBody {
  // Characters may be cut between two pieces.
  const decoder = new StringDecoder('utf8');
  let isAtStart = true;
  let isDone = false;
  let isEnding = false;
  const parser = createEventStreamParser((text) => {
    if (isDone) return;
    if (isDoneMark(text)) {
      isDone = true;
      onDone();
    } else if (isEnding) takeLast(text);
    else if (text !== '') onValue(parse(text));
  });
  /** The end may have cut it off: then it does not count. */
  const takeLast = (text: string): void => {
    const value = tryParseJson(text);
    if (value !== undefined) onValue(value);
  };
  return {
    push: (bytes) => {
      // What comes after the end is not looked at.
      if (isDone) return;
      const text = decoder.write(bytes);
      if (text === '') return;
      parser.push(isAtStart ? text.replace(/^\uFEFF/, '') : text);
      isAtStart = false;
    },
    // Some servers leave out the empty line after the last event.
    end: () => {
      isEnding = true;
      parser.push('\n\n');
    },
  };
}

/** A few servers have spaces behind it. */
function isDoneMark(text: string): boolean {
  return text.startsWith('[DONE]') && text.trim() === '[DONE]';
}

function parse(text: string): unknown {
  const value = tryParseJson(text);
  if (value === undefined) {
    throw new UpstreamFormatError('The upstream sent a piece of an answer that is not JSON.');
  }
  return value;
}
