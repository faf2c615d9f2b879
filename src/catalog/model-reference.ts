/**
 * The argument of `gravix pull`: a name in the catalogue, a place on Hugging Face or in an Ollama registry, a
 * URL, or a local file.
 */
import { isAbsolute } from 'node:path';

export type ModelReference =
  | CatalogReference
  | HuggingFaceReference
  | OllamaReference
  | UrlReference
  | FileReference;

export interface CatalogReference {
  readonly kind: 'catalog';
  /** `family:size-variant-quant`, or only a family for its default. */
  readonly name: string;
}

export interface HuggingFaceReference {
  readonly kind: 'huggingface';
  readonly name: string;
  /** `owner/name`. */
  readonly repository: string;
  /** A branch, a tag or a commit. */
  readonly revision: string;
  /** The part of the repository: a file by its path, a quantization, or undefined for the default. */
  readonly file?: string;
  readonly quantization?: string;
}

export interface OllamaReference {
  readonly kind: 'ollama';
  readonly name: string;
  /** Undefined means the registry in the settings. */
  readonly host?: string;
  readonly namespace: string;
  readonly model: string;
  readonly tag: string;
}

export interface UrlReference {
  readonly kind: 'url';
  readonly name: string;
  readonly url: string;
}

export interface FileReference {
  readonly kind: 'file';
  readonly name: string;
  /** As it was written. */
  readonly path: string;
}

/** An invalid reference. The message explains the valid forms. */
export class ModelReferenceError extends Error {
  constructor(text: string, fault: string) {
    super(`${JSON.stringify(text.slice(0, quotedCharactersMax))} names no model: ${fault}.`);
    this.name = 'ModelReferenceError';
  }
}

const quotedCharactersMax = 200;
/** Longer names fit into no known manifest, URL or file name. */
const nameCharactersMax = 1_000;

/** A part of a name. Not only dots, so that it can't escape a folder. */
const word = /^(?!\.+$)[A-Za-z0-9_][A-Za-z0-9_.-]*$/;
const hostPattern = /^[A-Za-z0-9.-]+(?::\d+)?$/;
const catalogPattern = /^[a-z0-9][a-z0-9._-]*(?::[a-zA-Z0-9][a-zA-Z0-9._-]*)?$/;
const ggufSuffix = /\.gguf$/i;

/** @throws ModelReferenceError */
export function parseModelReference(text: string): ModelReference {
  if (text.trim() === '') throw new ModelReferenceError(text, 'it is empty');
  if (text.length > nameCharactersMax) {
    throw new ModelReferenceError(text, `it has more than ${nameCharactersMax} characters`);
  }
  if (text.startsWith('hf:')) return parseHuggingFace(text);
  if (text.startsWith('ollama:')) return parseOllama(text);
  if (/^https?:\/\//i.test(text)) return parseUrl(text);
  if (looksLikePath(text)) return { kind: 'file', name: toNameOfFile(text), path: text };
  if (/^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(text)) {
    throw new ModelReferenceError(text, 'a URL starts with http:// or https://');
  }
  if (catalogPattern.test(text)) return { kind: 'catalog', name: text };
  throw new ModelReferenceError(
    text,
    'write a name from the catalogue, hf:owner/repository/file.gguf, ollama:name:tag, an https URL or the path of a .gguf file',
  );
}

function looksLikePath(text: string): boolean {
  return isAbsolute(text) || /^\.{1,2}[/\\]/.test(text) || ggufSuffix.test(text);
}

/** `hf:owner/repository[@revision]`, then nothing, `:QUANTIZATION` or `/path/of/the/file.gguf`. */
function parseHuggingFace(text: string): HuggingFaceReference {
  const [owner = '', named = '', ...path] = text.slice('hf:'.length).split('/');
  const [, repositoryName = '', revision = 'main', quantization] =
    /^([^@:]*)(?:@([^:]*))?(?::(.*))?$/.exec(named) ?? [];
  if (!word.test(owner) || !word.test(repositoryName)) {
    throw new ModelReferenceError(text, 'write hf:owner/repository/file.gguf or hf:owner/repository:Q4_K_M');
  }
  if (!word.test(revision))
    throw new ModelReferenceError(text, '@ must be followed by a branch, a tag or a commit');
  const common = {
    kind: 'huggingface',
    name: text,
    repository: `${owner}/${repositoryName}`,
    revision,
  } as const;
  if (path.length === 0) {
    if (quantization === undefined) return common;
    if (word.test(quantization)) return { ...common, quantization };
    throw new ModelReferenceError(text, 'the colon must be followed by a quantization, such as Q4_K_M');
  }
  const isPlainPath = path.every((part) => part !== '' && part !== '.' && part !== '..');
  if (quantization !== undefined || !isPlainPath || !ggufSuffix.test(text)) {
    throw new ModelReferenceError(text, 'the repository must be followed by the path of a .gguf file');
  }
  return { ...common, file: path.join('/') };
}

/** `ollama:[[host/]namespace/]model[:tag]`, parsed like Ollama does. */
function parseOllama(text: string): OllamaReference {
  const parts = text.slice('ollama:'.length).split('/');
  const last = /^([^:]+)(?::([^:]+))?$/.exec(parts.at(-1) ?? '');
  const [, model = '', tag = 'latest'] = last ?? [];
  const [host, namespace = 'library'] = [parts.at(-3), parts.at(-2)];
  if (parts.length > 3 || ![model, tag, namespace].every((part) => word.test(part))) {
    throw new ModelReferenceError(text, 'write ollama:name:tag or ollama:namespace/name:tag');
  }
  const common = { kind: 'ollama', name: toOllamaName(parts, model, tag), namespace, model, tag } as const;
  if (host === undefined) return common;
  if (!hostPattern.test(host))
    throw new ModelReferenceError(text, 'the part before the first / is not a host');
  return { ...common, host };
}

/** With its tag, so that `ollama:llama3.2` and `ollama:llama3.2:latest` are one model. */
function toOllamaName(parts: readonly string[], model: string, tag: string): string {
  return `ollama:${[...parts.slice(0, -1), `${model}:${tag}`].join('/')}`;
}

function parseUrl(text: string): UrlReference {
  if (!URL.canParse(text)) throw new ModelReferenceError(text, 'its address is not valid');
  const { pathname } = new URL(text);
  return { kind: 'url', name: toNameOfFile(decodePath(pathname)), url: text };
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** Converts a file name to the form of catalogue names: `Tiny Model.Q4_1.gguf` becomes `tiny-model.q4_1`. */
function toNameOfFile(path: string): string {
  const fileName = path.split(/[/\\]/).at(-1) ?? '';
  const name = fileName
    .replace(ggufSuffix, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '');
  return name === '' ? 'model' : name;
}
