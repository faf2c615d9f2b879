import { isDeepStrictEqual } from 'node:util';
import { parse as parseToml, patch as patchToml, TomlFormat } from '@decimalturn/toml-patch';
import { applyEdits, modify, type ParseError, parse as parseJson, printParseErrorCode } from 'jsonc-parser';
import { type Document, isCollection, parseDocument } from 'yaml';
import { changeValue, type LeafChange, toLeafChanges, UnchangeableError } from './change-value.ts';
import type { FieldChange, FileFormat } from './client.ts';

/** How a format is read and changed. Comments and the order of fields stay. */
interface TextFormat {
  /** Undefined for an empty text. Throws `UnchangeableError`. */
  read(text: string): unknown;
  change(text: string, changes: readonly LeafChange[]): string;
}

/**
 * The text of a file with the changes; an empty text is a file that does not exist yet.
 * @throws UnchangeableError if the text can't be read, or a change would lose something else
 */
export function changeText(format: FileFormat, text: string, changes: readonly FieldChange[]): string {
  const { read, change } = formats[format];
  return changes.reduce((before, field) => {
    const content = read(before);
    const leaves = toLeafChanges(content, field);
    const after = change(before, leaves);
    // The libraries edit texts. Their result must mean exactly what was asked for.
    if (!isDeepStrictEqual(toPlain(read(after)), toPlain(leaves.reduce(changeValue, content)))) {
      throw new UnchangeableError(`its field ${field.path.join('.')} can't be set without changing another`);
    }
    return after;
  }, text);
}

const formats: Readonly<Record<FileFormat, TextFormat>> = {
  json: { read: readJson, change: changeJson },
  yaml: { read: readYaml, change: changeYaml },
  toml: { read: readToml, change: changeToml },
};

/** Comments and commas at the end are accepted, as many clients accept them. */
function readJson(text: string): unknown {
  if (text.trim() === '') return undefined;
  const errors: ParseError[] = [];
  const content: unknown = parseJson(text, errors, { allowTrailingComma: true });
  const [first] = errors;
  if (first === undefined) return content;
  const line = text.slice(0, first.offset).split('\n').length;
  throw new UnchangeableError(`it is not valid JSON (line ${line}: ${printParseErrorCode(first.error)})`);
}

function changeJson(text: string, changes: readonly LeafChange[]): string {
  const base = text.trim() === '' ? '{}\n' : text;
  const [, indentation = '  '] = /\n([ \t]+)\S/.exec(base) ?? [];
  const formattingOptions = {
    insertSpaces: !indentation.startsWith('\t'),
    tabSize: indentation.startsWith('\t') ? 1 : indentation.length,
    eol: base.includes('\r\n') ? '\r\n' : '\n',
  };
  return changes.reduce(
    (before, { path, value }) => applyEdits(before, modify(before, [...path], value, { formattingOptions })),
    base,
  );
}

function readYaml(text: string): unknown {
  return openYaml(text).toJS() ?? undefined;
}

function changeYaml(text: string, changes: readonly LeafChange[]): string {
  const document = openYaml(text);
  if (isCollection(document.contents)) {
    for (const { path, value } of changes) document.setIn([...path], document.createNode(value));
  } else {
    document.contents = document.createNode(changes.reduce(changeValue, undefined as unknown));
  }
  return document.toString({ lineWidth: 0 });
}

function openYaml(text: string): Document {
  const document: Document = parseDocument(text);
  const [first] = document.errors;
  if (first === undefined) return document;
  throw new UnchangeableError(`it is not valid YAML (${first.message.split('\n')[0]?.replace(/:$/, '')})`);
}

function readToml(text: string): unknown {
  try {
    return parseToml(text);
  } catch (error) {
    const [, line] = /\((\d+), \d+\)/.exec(String(error)) ?? [];
    throw new UnchangeableError(`it is not valid TOML${line === undefined ? '' : ` (line ${line})`}`);
  }
}

/** New tables down to this depth get their own header, such as `[a.b]`, as people write them. */
const headerDepthMax = 3;

function changeToml(text: string, changes: readonly LeafChange[]): string {
  const format = TomlFormat.autoDetectFormat(text);
  format.inlineTableStart = headerDepthMax;
  const changed = patchOrRefuse(text, changes.reduce(changeValue, readToml(text)), format);
  // The library writes a header for the table around a new table, too.
  const ended = changed.endsWith('\n') ? changed : `${changed}\n`;
  return ended.replace(/^\[([^\][\n]+)\]\r?\n\r?\n(?=\[\1\.)/gm, (header, name: string) =>
    text.includes(`[${name}]`) ? header : '',
  );
}

function patchOrRefuse(text: string, content: unknown, format: TomlFormat): string {
  try {
    return patchToml(text, content, format);
  } catch (error) {
    const [reason] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw new UnchangeableError(`it is TOML that can't be changed (${reason})`);
  }
}

/** Objects of the libraries may have another prototype, and TOML has large integers. */
function toPlain(value: unknown): unknown {
  if (value === undefined) return undefined;
  return JSON.parse(
    JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? String(part) : part)),
  );
}
