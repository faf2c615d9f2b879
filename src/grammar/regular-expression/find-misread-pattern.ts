/** POSIX's classes, which ECMAScript reads as the letters of their names. */
const posixClass =
  /\[[:.=]\^?(?:alnum|alpha|ascii|blank|cntrl|digit|graph|lower|print|punct|space|upper|word|xdigit)[:.=]\]/;

/** Escapes of other languages: without the flag for Unicode, ECMAScript reads each as the letter alone. */
const foreignEscape = /(?<!\\)(?:\\\\)*\\([aeghijlmoqyzACEFGHIJKLMNOQRTUVXYZ])/;

/**
 * What of a pattern means something in the regular expressions of other languages and something else in ECMAScript's,
 * as the end of a sentence; undefined: nothing.
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
