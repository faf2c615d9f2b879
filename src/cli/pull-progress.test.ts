import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const program = join(import.meta.dirname, '..', '..', 'test', 'cli', 'progress-child.ts');
const command = [process.execPath, '--import', 'tsx', program];
/** Runs a command with a real terminal, a pseudo one, as its three streams. */
const inTerminal = ['python3', '-c', 'import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)'];

async function run(words: readonly string[]): Promise<string> {
  const [file = '', ...programArguments] = words;
  const child = spawn(file, programArguments, { stdio: ['pipe', 'pipe', 'pipe'] });
  let text = '';
  const add = (piece: Buffer) => {
    text += piece.toString('utf8');
  };
  child.stdout.on('data', add);
  child.stderr.on('data', add);
  const [exitCode] = await once(child, 'close');
  expect(exitCode).toBe(0);
  return text;
}

test('without a terminal: a first and a last line for each stage, and few between', async () => {
  const lines = (await run(command)).split('\n');
  expect(lines[0]).toBe('downloading from a server (3.0 MB)');
  expect(lines[1]).toMatch(
    /^downloading from a server: \d\d % \([12]\.\d MB of 3\.0 MB, [12]\.\d MB\/s, [12] s left\)$/,
  );
  expect(lines[2]).toMatch(/^downloading from a server: 100 % \(3\.0 MB of 3\.0 MB, [12]\.\d MB\/s, done\)$/);
  expect(lines[3]).toBe('checking the file from a server (3.0 MB)');
  expect(lines[4]).toMatch(/^checking the file from a server: 100 % \(3\.0 MB of 3\.0 MB, .*, done\)$/);
  expect(lines.slice(5)).toEqual(['']);
});

test.skipIf(process.platform === 'win32')(
  'on a terminal: a bar with bytes, speed and time left',
  async () => {
    const text = await run([...inTerminal, ...command]);
    const shown = toShownLines(text);
    expect(shown.filter((line) => line.includes('a server'))).toEqual([
      'downloading from a server',
      'checking the file from a server',
    ]);
    const bars = shown.filter((line) => line.startsWith('['));
    const middle = /^\[=+-+\] \d+% \| 1\.\d MB of 3\.0 MB \| [12]\.\d MB\/s \| [12] s left$/;
    expect(bars.some((line) => middle.test(line))).toBe(true);
    expect(bars.at(-1)).toMatch(/^\[={16}\] 100% \| 3\.0 MB of 3\.0 MB \| .* MB\/s \| done$/);
    expect(Math.max(...bars.map((line) => line.length))).toBeLessThanOrEqual(80);
  },
);

const escapeCharacter = String.fromCharCode(27);
const returnToLineStart = `${escapeCharacter}[1G`;
const controlSequence = new RegExp(`${escapeCharacter}(?:\\[[?0-9]*[A-Za-z]|[78])`, 'g');

/** Each state that a line of the terminal went through, without colours and cursor movements. */
function toShownLines(text: string): readonly string[] {
  return text
    .replaceAll(returnToLineStart, '\n')
    .split(/[\r\n]+/)
    .map((line) => line.replaceAll(controlSequence, ''));
}
