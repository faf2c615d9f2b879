// Whether an answer is what an SDK's types say: TypeScript checks the answer's own type against the published one.
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

export interface TypedAnswer {
  /** What was asked. */
  readonly from: string;
  /** An expression of TypeScript, such as `OpenAI.Models.Model`. */
  readonly type: string;
  readonly value: unknown;
}

const beginning = [
  "import type OpenAI from 'openai';",
  "import type Anthropic from '@anthropic-ai/sdk';",
  "import type { Received } from './received-types.ts';",
];

/** Where packages are found. No such file is written. */
const place = fileURLToPath(new URL('checked-answers.ts', import.meta.url));

const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.NodeNext,
  strict: true,
  allowImportingTsExtensions: true,
  skipLibCheck: true,
  noEmit: true,
  types: [],
};

/**
 * Makes a function that finds a sentence for each answer that its type doesn't allow. Fields that the type doesn't have are
 * allowed. The function reads the types once.
 */
export function createTypeCheck(): (answers: readonly TypedAnswer[]) => string[] {
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  const files = new Map<string, ts.SourceFile | undefined>();
  let source = '';
  host.fileExists = (name) => name === place || fileExists(name);
  host.getSourceFile = (name, target) => {
    if (name === place) return ts.createSourceFile(name, source, target);
    if (!files.has(name)) files.set(name, getSourceFile(name, target));
    return files.get(name);
  };
  let program: ts.Program | undefined;
  return (answers) => {
    source = [...beginning, ...answers.map(toLine)].join('\n');
    program = ts.createProgram([place], options, host, program);
    return findProblems(program, answers);
  };
}

function toLine({ type, value }: TypedAnswer, index: number): string {
  return `export const a${index} = (value: ${toType(value)}): Received<${type}> => value;`;
}

/** The narrowest type of a value, as the compiler has it for a constant. */
function toType(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(toType).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).map(([name, field]) => `${JSON.stringify(name)}: ${toType(field)}`);
  return `{ ${fields.join('; ')} }`;
}

function findProblems(program: ts.Program, answers: readonly TypedAnswer[]): string[] {
  const file = program.getSourceFile(place);
  if (file === undefined) throw new Error('The answers were not compiled.');
  const found = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
  return found.map(({ start = 0, messageText }) => {
    const { line } = file.getLineAndCharacterOfPosition(start);
    return `${answers[line - beginning.length]?.from ?? 'the beginning'}: ${toCause(messageText)}`;
  });
}

/** The last sentence names the field; the ones before it are the way there. */
function toCause(message: string | ts.DiagnosticMessageChain): string {
  if (typeof message === 'string') return message;
  const next = message.next?.at(-1);
  return next === undefined ? message.messageText : toCause(next);
}
