import { createTwoFilesPatch } from 'diff';
import type { ClientFileChange } from './client-file-change.ts';

/** A client's configuration, ready to show. */
export interface SetupView {
  readonly client: string;
  readonly title: string;
  readonly files: readonly FileView[];
  /** Lines for the terminal in which the client runs. */
  readonly commands: readonly string[];
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
}

export interface FileView {
  readonly path: string;
  /** What the file needs; it may have more. */
  readonly content: string;
}

export function toSetupText({ client, title, files, commands, notes }: SetupView): string {
  const parts = [
    ...files.map(({ path, content }) => `${title} reads ${path}. It needs:\n\n${indent(content)}`),
    `In the terminal:\n\n${indent(commands.join('\n'))}`,
    ...(notes.length === 0 ? [] : [notes.join('\n')]),
    ...(files.length === 0
      ? []
      : [
          `\`gravix connect ${client} --write\` writes this, and keeps what else ${files.length === 1 ? 'the file has' : 'the files have'}.`,
        ]),
  ];
  return `${parts.join('\n\n')}\n`;
}

function indent(text: string): string {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => (line === '' ? '' : `    ${line}`))
    .join('\n');
}

/** As `diff -u` writes it. */
export function toDiffText({ path, before, after }: ClientFileChange): string {
  const from = before === undefined ? '/dev/null' : path;
  const text = createTwoFilesPatch(from, path, before ?? '', after, '', '', { context: 3 });
  return text.slice(text.indexOf('---'));
}
