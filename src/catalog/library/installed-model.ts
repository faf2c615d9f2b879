import type { GgufFacts } from '../gguf/gguf-facts.ts';
import type { ModelParameters } from './model-parameters.ts';

/** The role of a file in its model. `template`, `system` and `license` are texts from the source. */
export type ModelFileRole = 'weights' | 'template' | 'parameters' | 'system' | 'license';

export interface ModelFile {
  readonly role: ModelFileRole;
  /** As the source calls it; never a path. Shards need the names that llama.cpp looks for. */
  readonly fileName: string;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** A model whose files were once found whole and right. */
export interface InstalledModel {
  /** The public name, such as `smollm2:135m-instruct-q4_1`. */
  readonly name: string;
  /**
   * Absolute path of the GGUF file to load. The first of several files; the others are in the same folder.
   */
  readonly path: string;
  /** Of all weights. */
  readonly sizeBytes: number;
  /** Of the file at `path`. */
  readonly sha256: string;
  /** When the file at `path` was last modified, as its checksum was last found right. */
  readonly mtimeMs: number;
  /** An SPDX identifier where the source gives one. */
  readonly license: string | undefined;
  /** Where it came from, for people: a source's description, or the path of an imported file. */
  readonly origin: string;
  /** Sampling defaults of the source, or else of the model file. */
  readonly parameters: ModelParameters | undefined;
  /** Names of defaults that the source sets and Gravix does not use. */
  readonly unusedNames: readonly string[];
  /** The source's system message, for conversations without one. */
  readonly systemText: string | undefined;
  readonly facts: GgufFacts;
  readonly files: readonly ModelFile[];
}

export interface InstallRequest {
  readonly name: string;
  readonly origin: string;
  readonly license: string | undefined;
  readonly files: readonly InstallFile[];
}

/** A file whose checksum the caller has just found right. */
export interface InstallFile extends ModelFile {
  /** It is moved from here, unless it is in its place already. */
  readonly path: string;
}
