// Commands in the documentation have the arguments and options that the program takes. No command runs.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { type Command, CommanderError } from 'commander';
import { expect, test } from 'vitest';
import type { CommandContext } from '../../src/cli/command-context.ts';
import { createProgram } from '../../src/cli/run-command-line.ts';
import { loadConfig } from '../../src/config/load-config.ts';

const root = join(import.meta.dirname, '..', '..');

interface DocumentedCommand {
  readonly page: string;
  readonly text: string;
  /** In a sentence a command may be named without its arguments. */
  readonly isWhole: boolean;
}

const pages = [
  ...['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md'],
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md'))
    .map((path) => join('docs', path)),
];

/** Ends at what the shell reads: a comment, a pipe, a redirection, the end of a substitution. */
const command =
  /(?:^|&& |\$\()(?:[A-Z_0-9]+=\S+ )*(?:npx )?gravix ((?:'[^']*'|"[^"]*"|[^\s'"#|<>&;)]+|[ \t]+)+)/gm;
const codeBlock = /^ *```(?:sh|bash|console)?\n([\s\S]*?)^ *```$/gm;
const inlineCode = /`(?:npx )?gravix ([^`]+)`/g;

function listDocumented(page: string): readonly DocumentedCommand[] {
  const text = readFileSync(join(root, page), 'utf8');
  const inBlocks = [...text.matchAll(codeBlock)].flatMap(([, code = '']) =>
    [...code.matchAll(command)].map(([, words = '']) => ({ page, text: words.trim(), isWhole: true })),
  );
  const inSentences = [...text.replaceAll(codeBlock, '').matchAll(inlineCode)].map(([, words = '']) => ({
    page,
    text: words.trim(),
    isWhole: false,
  }));
  // Three dots stand for more options, and a bar for a choice of commands.
  return [...inBlocks, ...inSentences].filter(({ text: words }) => !/[…|]/.test(words));
}

function toWords(text: string): readonly string[] {
  return [...text.matchAll(/'([^']*)'|"([^"]*)"|\S+/g)].map(
    ([word, single, double]) => single ?? double ?? word,
  );
}

function ignore(): void {}

/** The code of commander's error, or undefined where the command would run. */
async function findFault(words: readonly string[]): Promise<string | undefined> {
  const output = new PassThrough().resume();
  const context: CommandContext = {
    loadConfig: () => loadConfig({ environment: {}, flags: {} }),
    loadConfigWithoutKeys: () => loadConfig({ environment: {}, flags: {} }),
    environment: {},
    input: new PassThrough() as unknown as CommandContext['input'],
    output: output as unknown as CommandContext['output'],
    errorOutput: output as unknown as CommandContext['errorOutput'],
    commandName: 'gravix',
  };
  const program = createProgram(context);
  const withoutActions = (parent: Command): void => {
    for (const child of parent.commands) {
      if (child.commands.length === 0) child.action(ignore);
      withoutActions(child);
    }
  };
  withoutActions(program);
  try {
    await program.parseAsync(words, { from: 'user' });
    return undefined;
  } catch (error) {
    if (error instanceof CommanderError) return error.code;
    throw error;
  }
}

/** What a command that is only named lacks. */
const incomplete = new Set(['commander.missingArgument', 'commander.help']);

const documented = pages.flatMap(listDocumented);

test('the pages are found', () => {
  expect(documented.filter(({ isWhole }) => isWhole).length).toBeGreaterThan(30);
  expect(documented.filter(({ isWhole }) => !isWhole).length).toBeGreaterThan(40);
});

test('every command in the documentation is one that the program takes', async () => {
  const faults: string[] = [];
  for (const { page, text, isWhole } of documented) {
    const fault = await findFault(toWords(text));
    if (fault === undefined || (!isWhole && incomplete.has(fault))) continue;
    if (fault === 'commander.helpDisplayed' || fault === 'commander.version') continue;
    faults.push(`${page}: gravix ${text}: ${fault}`);
  }
  expect(faults).toEqual([]);
});

test.for([
  ['keys create prometheus --scope metrics', 'commander.excessArguments'],
  ['list', 'commander.unknownCommand'],
  ['keys create --nme a', 'commander.unknownOption'],
  ['usage export --format xml', 'commander.invalidArgument'],
  ['keys show', 'commander.missingArgument'],
  ["keys create --name my-app --model 'llama3.1:*'", undefined],
] as const)('gravix %s: %s', async ([text, fault]) => {
  expect(await findFault(toWords(text))).toBe(fault);
});
