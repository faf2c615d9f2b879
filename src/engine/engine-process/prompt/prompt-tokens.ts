// Control tokens come only from the template.
//
// A rendered prompt tokenised whole, with control tokens recognised, turns a user's `<|im_end|>` into a real role
// boundary. So every control text is taken out of the messages before rendering and stands there as a
// placeholder of two noncharacters (U+FDD0, number, U+FDD1) that no template knows. What looks like a control
// token after rendering was written by the template; the placeholders then become ordinary text again, and
// the pieces between control tokens are tokenised without any. llama.cpp cuts prompts at the same places, so the
// tokens of an honest prompt are the same (prompt-tokens.model.test.ts compares them).
import type { ControlToken, Vocabulary } from '../model/vocabulary.ts';

const open = '\uFDD0';
const close = '\uFDD1';
const placeholder = /\uFDD0(\d+)\uFDD1/g;

/** Hides the control texts of one prompt's messages, and gives them back as ordinary text. */
export interface ControlTextShield {
  hide(text: string): string;
  /** Hides all of a text, so that no template can look at it or change it. */
  hideWhole(text: string): string;
  restore(text: string): string;
}

export interface PromptTokenizer {
  createShield(): ControlTextShield;
  /** A rendered prompt to tokens. Text that `shield` has hidden is never a control token. */
  toTokens(rendered: string, shield: ControlTextShield): Uint32Array;
  /** A trusted text inside of an answer. Its control texts become control tokens. */
  toMarkerTokens(text: string): Uint32Array;
  /**
   * A text that is its writer's own template: the names of control tokens are control tokens. No begin token is added. The
   * native tokeniser does the same, in a time that grows with the square of their number.
   */
  tokenizeTemplate(text: string): Uint32Array;
}

export function createPromptTokenizer(vocabulary: Vocabulary): PromptTokenizer {
  const byText = new Map(vocabulary.controlTokens.map((token) => [token.text, token]));
  // The longest first, as llama.cpp does, so that a token that begins with another one wins.
  const texts = [...byText.keys()].sort((a, b) => b.length - a.length).map((text) => escapeText(text));
  const hidden = new RegExp([...texts, open, close].join('|'), 'g');
  const control = texts.length === 0 ? undefined : new RegExp(texts.join('|'), 'g');
  const split = (text: string) => (control === undefined ? [text] : splitAtControl(text, control, byText));
  return {
    createShield: () => createShield(hidden),
    toTokens: (rendered, shield) => {
      const parts = tokenizePieces(split(rendered), (text) => vocabulary.tokenize(shield.restore(text)));
      const begin = vocabulary.beginToken;
      if (begin !== undefined && parts[0]?.[0] !== begin) {
        parts.unshift(Uint32Array.of(begin));
      }
      return joinTokens(parts);
    },
    toMarkerTokens: (text) =>
      joinTokens(
        tokenizePieces(split(text), (part) => vocabulary.tokenize(createShield(hidden).restore(part))),
      ),
    tokenizeTemplate: (text) => joinTokens(tokenizePieces(split(text), vocabulary.tokenize)),
  };
}

function createShield(hidden: RegExp): ControlTextShield {
  const texts: string[] = [];
  const hideWhole = (text: string) => {
    texts.push(text);
    return `${open}${texts.length - 1}${close}`;
  };
  return {
    hide: (text) => text.replace(hidden, (match) => hideWhole(match)),
    hideWhole,
    restore: (text) => text.replace(placeholder, (whole, index: string) => texts[Number(index)] ?? whole),
  };
}

type Piece = string | ControlToken;

function splitAtControl(text: string, control: RegExp, byText: ReadonlyMap<string, ControlToken>): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  let before: ControlToken | undefined;
  for (const match of text.matchAll(control)) {
    const token = byText.get(match[0]);
    if (token !== undefined) {
      pieces.push(strip(text.slice(end, match.index), before, token), token);
      end = match.index + match[0].length;
      before = token;
    }
  }
  pieces.push(strip(text.slice(end), before, undefined));
  return pieces;
}

function strip(text: string, before: ControlToken | undefined, after: ControlToken | undefined): string {
  const left = before?.stripRight === true ? text.trimStart() : text;
  return after?.stripLeft === true ? left.trimEnd() : left;
}

function tokenizePieces(pieces: readonly Piece[], tokenize: (text: string) => Uint32Array): Uint32Array[] {
  const parts: Uint32Array[] = [];
  for (const piece of pieces) {
    if (typeof piece !== 'string') {
      parts.push(Uint32Array.of(piece.id));
    } else if (piece !== '') {
      parts.push(tokenize(piece));
    }
  }
  return parts;
}

function joinTokens(parts: readonly Uint32Array[]): Uint32Array {
  const tokens = new Uint32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    tokens.set(part, offset);
    offset += part.length;
  }
  return tokens;
}

function escapeText(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}
