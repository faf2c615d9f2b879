/** POSIX's classes, which ECMAScript reads as the letters of their names. */
const posixClass =
  /\[[:.=]\^?(?:alnum|alpha|ascii|blank|cntrl|digit|graph|lower|print|punct|space|upper|word|xdigit)[:.=]\]/;

/** Escapes of other languages: without the flag for Unicode, ECMAScript reads each as the letter alone. */
const foreignEscape = /(?<!\\)(?:\\\\)*\\([aeghijlmoqyzACEFGHIJKLMNOQRTUVXYZ])/;

/**
 * The part of a pattern that means something else in ECMAScript than in other languages, as the end of a
 * sentence. Undefined if there is none.
 */
export function findMisreadPattern(source: string): string | undefined {
  const [posix] = posixClass.exec(source) ?? [];
  if (posix !== undefined) {
    return `has the POSIX class ${posix}, which an ECMAScript pattern does not know; write its characters, such as [a-z]`;
  }
  const letter = foreignEscape.exec(source)?.[1];
  if (letter === undefined) return undefined;
  return `has the escape \\${letter}, which means the letter ${letter} in an ECMAScript pattern`;
}
