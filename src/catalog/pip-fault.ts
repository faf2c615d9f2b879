const faultCharactersMax = 300;
const linesMax = 4;

/**
 * Reduces pip's error output to one line: its ERROR lines if there are any, without URLs and paths, which may
 * contain credentials of a private index.
 */
export function describePipFault(errorText: string): string {
  const lines = errorText.split('\n').flatMap((line) => line.trim() || []);
  const errorLines = lines.filter((line) => line.startsWith('ERROR:'));
  const chosen = (errorLines.length > 0 ? errorLines : lines).slice(-linesMax);
  const text = chosen
    .map((line) => line.replace(/^ERROR:\s*/, ''))
    .join(' ')
    .replace(/\b[a-z][a-z+]*:\/\/[^\s'")]+/gi, '(address)')
    .replace(/\bhost='[^']*'/g, "host='(name)'")
    .replace(/(^|[\s'"(=])(?:[A-Za-z]:\\|\\\\|~?\/)[^\s'")]+/g, '$1(path)');
  if (text === '') return 'it gave no reason';
  return text.length <= faultCharactersMax ? text : `${text.slice(0, faultCharactersMax - 1)}…`;
}
