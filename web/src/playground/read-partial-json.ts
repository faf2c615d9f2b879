export interface PartialJson {
  /** With what is open closed. Undefined: there is no value yet. */
  readonly value: unknown;
  /** Where it is open, as a JSON pointer behind `#`. */
  readonly openPath: string;
  readonly isComplete: boolean;
}

interface OpenContainer {
  readonly kind: 'object' | 'array';
  /** Of the entry under way. */
  key: string;
  index: number;
}

/** Reads the beginning of a JSON text. Undefined if no JSON begins so. */
export function readPartialJson(text: string): PartialJson | undefined {
  const whole = text.trim();
  if (whole === '') return { value: undefined, openPath: '#', isComplete: false };
  try {
    return { value: JSON.parse(whole), openPath: '#', isComplete: true };
  } catch {
    return readOpenJson(whole);
  }
}

/** Tries to close the text at its end, else at the end of the last entry that is whole. */
function readOpenJson(text: string): PartialJson | undefined {
  const { stack, isInString, cuts } = scan(text);
  const closing = stack
    .map(({ kind }) => (kind === 'object' ? '}' : ']'))
    .reverse()
    .join('');
  const ends = [isInString ? `${text.replace(/\\(?:u[\da-f]{0,3})?$/i, '')}"` : text, ...cuts.toReversed()];
  for (const end of ends) {
    const isBegun = isInString || beginsEntry(text.slice(end.length));
    const closed = isBegun ? tryParse(end + closing) : undefined;
    if (closed !== undefined) return { value: closed.value, openPath: toPointer(stack), isComplete: false };
  }
  // A word or a number that is not whole has no containers.
  return stack.length === 0 && /^(?:-|t|f|n|")/.test(text)
    ? { value: undefined, openPath: '#', isComplete: false }
    : undefined;
}

const word = String.raw`(?:-?\d*\.?\d*(?:[eE][+-]?\d*)?|t(?:ru?)?|f(?:a(?:ls?)?)?|n(?:ul?)?)`;
const name = String.raw`"(?:[^"\\]|\\.)*"`;
const entryStart = new RegExp(String.raw`^,?\s*(?:${name}\s*(?::\s*${word})?|${word})$`);

/** Whether a text can be the start of the next entry, which is then left out. */
function beginsEntry(text: string): boolean {
  return entryStart.test(text);
}

/** The open containers at the end, and the text up to each place in the last one where it could be closed. */
function scan(text: string) {
  const stack: OpenContainer[] = [];
  let isInString = false;
  let stringStart = 0;
  let lastString = '';
  let cuts: string[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (isInString) {
      if (character === '\\') at += 1;
      else if (character === '"') {
        isInString = false;
        lastString = text.slice(stringStart, at + 1);
      }
      continue;
    }
    const top = stack.at(-1);
    if (character === '"') {
      isInString = true;
      stringStart = at;
    } else if (character === '{' || character === '[') {
      stack.push({ kind: character === '{' ? 'object' : 'array', key: '', index: 0 });
      cuts = [text.slice(0, at + 1)];
    } else if (character === '}' || character === ']') {
      stack.pop();
      cuts = [text.slice(0, at + 1)];
    } else if (character === ':' && top !== undefined) {
      top.key = String(tryParse(lastString)?.value ?? '');
    } else if (character === ',' && top !== undefined) {
      top.index += 1;
      top.key = '';
      cuts.push(text.slice(0, at));
    }
  }
  return { stack, isInString, cuts };
}

function toPointer(stack: readonly OpenContainer[]): string {
  const parts = stack.map(({ kind, key, index }) => (kind === 'array' ? String(index) : key));
  return ['#', ...parts.map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1'))].join('/');
}

function tryParse(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}
