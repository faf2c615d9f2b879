/** Finds where a JSON object or array that comes in pieces ends. */
export interface JsonEndScanner {
  push(text: string): void;
  /** Every bracket is closed. */
  isComplete(): boolean;
}

export function createJsonEndScanner(): JsonEndScanner {
  let depth = 0;
  let isBegun = false;
  let isInString = false;
  let isEscaped = false;
  return {
    push: (text) => {
      for (let at = 0; at < text.length; at += 1) {
        const character = text[at];
        if (isEscaped) isEscaped = false;
        else if (isInString) {
          if (character === '"') isInString = false;
          else if (character === '\\') isEscaped = true;
        } else if (character === '"') isInString = true;
        else if (character === '{' || character === '[') {
          depth += 1;
          isBegun = true;
        } else if (character === '}' || character === ']') depth -= 1;
      }
    },
    isComplete: () => isBegun && depth <= 0 && !isInString,
  };
}
