import type { NativeModel } from './binding.ts';

/** Attribute bits of a token. Source: llama.h, enum llama_token_attr. */
const attribute = {
  unknown: 1,
  control: 8,
  userDefined: 16,
  byte: 32,
  stripLeft: 128,
  stripRight: 256,
} as const;

/** Vocabulary types with known byte encodings. Source: llama.h, enum llama_vocab_type. */
const vocabularyType = { sentencePiece: 1, byteLevelBpe: 2, wordPiece: 3 } as const;

/** A token that only a template may place: its text in a message is ordinary text. */
export interface ControlToken {
  readonly id: number;
  readonly text: string;
  /** White space before it is not part of the prompt. */
  readonly stripLeft: boolean;
  readonly stripRight: boolean;
}

/** The tokens before the prefix, before the suffix, and before the middle to be generated. */
export interface FillTokens {
  readonly prefix: number;
  readonly suffix: number;
  readonly middle: number;
}

export interface Vocabulary {
  readonly controlTokens: readonly ControlToken[];
  /** Tokens that add nothing to the output and do not end it. */
  readonly silentTokens: Uint32Array;
  /** Tokens that end the output. */
  readonly endTokens: Uint32Array;
  /** Bytes of the longest token, or of the longest name of a control token. */
  readonly tokenBytesMax: number;
  /** Undefined where a prompt of this model has no begin token. */
  readonly beginToken: number | undefined;
  /** Undefined where a text of this model has no token behind it; models for embeddings have one. */
  readonly closeToken: number | undefined;
  /** Ends a text. */
  readonly endToken: number;
  /** Token ids are less than this. */
  readonly size: number;
  /** Control tokens around the parts of a text whose middle is missing; undefined: the model can't fill one in. */
  readonly fillTokens: FillTokens | undefined;
  /** Text to tokens; no text ever becomes a control token. */
  tokenize(text: string): Uint32Array;
  /** Tokens to the text that they are of, control tokens by their names. */
  detokenize(tokens: Uint32Array): string;
  /**
   * The bytes that a token adds to the output; empty for control tokens. The array is shared: don't write to
   * it.
   */
  tokenBytes(token: number): Uint8Array;
  tokenText(token: number): string;
  isEndToken(token: number): boolean;
}

/**
 * Reads the vocabulary once. The bytes of a token come from the vocabulary itself: detokenising one token of a
 * character that takes several yields U+FFFD, and the character is lost.
 */
export function createVocabulary(model: NativeModel, size: number): Vocabulary {
  const type = model.getVocabularyType();
  const bytes: Uint8Array[] = [];
  const controlTokens: ControlToken[] = [];
  const silentTokens: number[] = [];
  const endTokens: number[] = [];
  let tokenBytesMax = 1;
  for (let id = 0; id < size; id++) {
    const text = model.getTokenString(id) ?? '';
    const attributes = model.getTokenAttributes(id);
    const isControl = (attributes & (attribute.control | attribute.unknown)) !== 0;
    if (isControl && text !== '') {
      const stripLeft = (attributes & attribute.stripLeft) !== 0;
      const stripRight = (attributes & attribute.stripRight) !== 0;
      controlTokens.push({ id, text, stripLeft, stripRight });
    }
    const own = isControl ? new Uint8Array() : toBytes(text, attributes, type);
    bytes.push(own);
    if (model.isEogToken(id)) {
      endTokens.push(id);
    } else if (own.length === 0) {
      silentTokens.push(id);
    }
    tokenBytesMax = Math.max(tokenBytesMax, own.length, isControl ? Buffer.byteLength(text) : 0);
  }
  const none = new Uint8Array();
  return {
    controlTokens,
    silentTokens: Uint32Array.from(silentTokens),
    endTokens: Uint32Array.from(endTokens),
    tokenBytesMax,
    beginToken: model.shouldPrependBosToken() ? model.tokenBos() : undefined,
    closeToken: findCloseToken(model, type),
    endToken: model.tokenEos(),
    size,
    fillTokens: findFillTokens(model),
    tokenize: (text) => model.tokenize(text, false),
    detokenize: (tokens) => model.detokenize(tokens, true),
    tokenBytes: (token) => bytes[token] ?? none,
    tokenText: (token) => model.getTokenString(token) ?? '',
    isEndToken: (token) => model.isEogToken(token),
  };
}

/** As llama.cpp adds it: a vocabulary of word pieces separates texts, any other ends them. */
function findCloseToken(model: NativeModel, type: number): number | undefined {
  if (!model.shouldAppendEosToken()) return undefined;
  return type === vocabularyType.wordPiece ? model.sepToken() : model.tokenEos();
}

/** The native model names a token that it does not have -1. */
function findFillTokens(model: NativeModel): FillTokens | undefined {
  const found = { prefix: model.prefixToken(), suffix: model.suffixToken(), middle: model.middleToken() };
  return Object.values(found).every((token) => token >= 0) ? found : undefined;
}

const encoder = new TextEncoder();

function toBytes(text: string, attributes: number, type: number): Uint8Array {
  if ((attributes & attribute.byte) !== 0) {
    return Uint8Array.of(Number.parseInt(text.slice(3, 5), 16));
  }
  if ((attributes & attribute.userDefined) !== 0) {
    return encoder.encode(text);
  }
  if (type === vocabularyType.byteLevelBpe) {
    return fromByteLevel(text);
  }
  return encoder.encode(text.replaceAll('\u2581', ' '));
}

/** A character that does not encode a byte keeps its UTF-8 form, as in llama.cpp. */
function fromByteLevel(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of text) {
    const byte = byteOfCharacter.get(character);
    if (byte === undefined) {
      bytes.push(...encoder.encode(character));
    } else {
      bytes.push(byte);
    }
  }
  return Uint8Array.from(bytes);
}

/**
 * GPT-2's map of bytes to printable characters, turned round: printable bytes stand for themselves, the others
 * for the characters from U+0100 on, in order. Source: openai/gpt-2, src/encoder.py, bytes_to_unicode.
 */
const byteOfCharacter: ReadonlyMap<string, number> = createByteLevelMap();

function createByteLevelMap(): Map<string, number> {
  const map = new Map<string, number>();
  let next = 0x100;
  for (let byte = 0; byte < 256; byte++) {
    const isPrintable = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
    map.set(String.fromCodePoint(isPrintable ? byte : next++), byte);
  }
  return map;
}
