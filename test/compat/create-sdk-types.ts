// What the types of the SDKs say: TypeScript checks the type of an answer against the published one, and lists the texts that
// a type allows.
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

export interface TypedAnswer {
  /** What was asked. */
  readonly from: string;
  /** An expression of TypeScript, such as `OpenAI.Models.Model`. */
  readonly type: string;
  readonly value: unknown;
}

export interface SdkTypes {
  /** A sentence for each answer that its type doesn't allow. Fields that the type doesn't have are allowed. */
  findProblems(answers: readonly TypedAnswer[]): string[];
  /** The texts of a union, such as `OpenAI.Responses.Tool['type']`. */
  listTexts(type: string): string[];
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

/** Reads the files of the SDKs once. */
export function createSdkTypes(): SdkTypes {
  const compile = createCompiler();
  return {
    findProblems: (answers) => {
      const { program, file } = compile(answers.map(toLine));
      const found = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
      return found.map(({ start = 0, messageText }) => {
        const { line } = file.getLineAndCharacterOfPosition(start);
        return `${answers[line - beginning.length]?.from ?? 'the beginning'}: ${toCause(messageText)}`;
      });
    },
    listTexts: (type) => {
      const { program, file } = compile([`export type Texts = ${type};`]);
      const alias = file.statements.find(ts.isTypeAliasDeclaration);
      if (alias === undefined) throw new Error(`This is no type: ${type}`);
      const union = program.getTypeChecker().getTypeAtLocation(alias);
      const members = union.isUnion() ? union.types : [union];
      const texts = members.flatMap((member) => (member.isStringLiteral() ? [member.value] : []));
      if (texts.length === 0) throw new Error(`This type has no texts: ${type}`);
      return texts;
    },
  };
}

/** Compiles lines after the imports. */
function createCompiler() {
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
  return (lines: readonly string[]) => {
    source = [...beginning, ...lines].join('\n');
    program = ts.createProgram([place], options, host, program);
    const file = program.getSourceFile(place);
    if (file === undefined) throw new Error('The lines were not compiled.');
    return { program, file };
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

/** The last sentence names the field; the ones before it are the way there. */
function toCause(message: string | ts.DiagnosticMessageChain): string {
  if (typeof message === 'string') return message;
  const next = message.next?.at(-1);
  return next === undefined ? message.messageText : toCause(next);
}
