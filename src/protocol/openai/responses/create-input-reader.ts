// The input of a custom tool while the model writes it: the string in `{"input":"…"}`, piece by piece.
import { parseJsonObject } from '../shared/json-object.ts';
import { inputParameter } from './custom-tool.ts';

export interface InputReader {
  /** The text that this piece of the arguments adds. */
  add(piece: string): string;
  /** The text that is left at the end: all of it where the arguments are of another form. */
  end(): string;
}

const beginning = new RegExp(`^\\s*\\{\\s*"${inputParameter}"\\s*:\\s*"`);
/** Half of a character outside of the basic plane waits for its other half. */
const heldBack = /\\u[dD][89abAB][0-9a-fA-F]{2}$/;

export function createInputReader(): InputReader {
  let state: 'before' | 'within' | 'after' = 'before';
  let unread = '';
  const read = (): string => {
    const { length, isEnd } = measureText(unread);
    const whole = unread.slice(0, length);
    const held = isEnd ? 0 : (heldBack.exec(whole)?.[0].length ?? 0);
    const text = toText(whole.slice(0, length - held));
    unread = isEnd ? '' : unread.slice(length - held);
    if (isEnd) state = 'after';
    return text;
  };
  return {
    add: (piece) => {
      if (state === 'after') return '';
      unread += piece;
      if (state === 'before') {
        const [start] = beginning.exec(unread) ?? [];
        if (start === undefined) return '';
        unread = unread.slice(start.length);
        state = 'within';
      }
      return read();
    },
    end: () => (state === 'before' ? toOtherInput(unread) : ''),
  };
}

/** How much of a string's inside is whole, and whether its closing quote follows. */
function measureText(inside: string): { readonly length: number; readonly isEnd: boolean } {
  const unit = /[^"\\]+|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
  let length = 0;
  while (unit.test(inside)) length = unit.lastIndex;
  return { length, isEnd: inside[length] === '"' };
}

function toText(inside: string): string {
  // JSON has no control characters in strings, but a backend that is not held to it may write them.
  const escaped = inside.replace(
    /[^ -\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return JSON.parse(`"${escaped}"`) as string;
}

function toOtherInput(argumentsText: string): string {
  const input = parseJsonObject(argumentsText)?.[inputParameter];
  return typeof input === 'string' ? input : argumentsText;
}
