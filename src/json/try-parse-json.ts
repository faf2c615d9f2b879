/** The value of a JSON text, with numbers as JavaScript has them. undefined: it is not JSON. */
export function tryParseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
