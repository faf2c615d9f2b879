import type { ClientCommand, CommandWord } from './client.ts';

/** How a shell writes commands. */
interface Shell {
  set(variable: string, value: string): string;
  use(variable: string): string;
  quote(text: string): string;
  readFile(path: string): string;
}

const posix: Shell = {
  set: (variable, value) => `export ${variable}=${value}`,
  use: (variable) => `"$${variable}"`,
  quote: (text) => `'${text.replaceAll("'", `'\\''`)}'`,
  readFile: (path) => `"$(cat ${toWord(path, posix)})"`,
};

const powerShell: Shell = {
  set: (variable, value) => `$env:${variable} = ${value}`,
  use: (variable) => `$env:${variable}`,
  quote: (text) => `'${text.replaceAll("'", "''")}'`,
  readFile: (path) => `(Get-Content ${toWord(path, powerShell)})`,
};

function toShell(platform: NodeJS.Platform): Shell {
  return platform === 'win32' ? powerShell : posix;
}

/** The commands as a user types them: for PowerShell on Windows, elsewhere for a POSIX shell. */
export function toShellLines(
  commands: readonly ClientCommand[],
  platform: NodeJS.Platform,
): readonly string[] {
  const shell = toShell(platform);
  return commands.map((command) => toLine(command, shell));
}

function toLine(command: ClientCommand, shell: Shell): string {
  switch (command.kind) {
    case 'set':
      return shell.set(command.variable, shell.quote(command.value));
    case 'copy':
      return shell.set(command.variable, shell.use(command.from));
    case 'run':
      return command.words.map((word) => toWord(word, shell)).join(' ');
  }
}

/** Sets the variable to the first line of a file, which has the key. */
export function toKeyFileLine(variable: string, path: string, platform: NodeJS.Platform): string {
  const shell = toShell(platform);
  return shell.set(variable, shell.readFile(path));
}

/** For a key that the user has elsewhere. */
export function toOwnKeyLine(variable: string, platform: NodeJS.Platform): string {
  const shell = toShell(platform);
  return shell.set(variable, shell.quote('YOUR-KEY'));
}

function toWord(word: CommandWord, shell: Shell): string {
  if (typeof word !== 'string') return shell.use(word.variable);
  return /^[\w@%+=:,./-]+$/.test(word) ? word : shell.quote(word);
}
