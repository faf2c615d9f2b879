import type { CatalogEntry, ModelSource } from './catalog-entry.ts';
import type { ModelReference } from './model-reference.ts';

/** What a file is to its model. */
export type FileRole = 'weights' | 'template' | 'parameters' | 'system' | 'license';

/** A file of this machine, which is copied. */
export interface LocalFileSource {
  readonly kind: 'file';
  /** Absolute. */
  readonly path: string;
}

export type PlannedSource = ModelSource | LocalFileSource;

export interface PlannedFile {
  readonly role: FileRole;
  /** For people, and for the parts of a model that is split; never a path. */
  readonly fileName: string;
  /** Undefined when the source does not tell it beforehand. */
  readonly sizeBytes: number | undefined;
  /** Lower-case hexadecimal. Undefined when nobody has told it: what comes is then taken as it is. */
  readonly sha256: string | undefined;
  /** Tried in this order until one succeeds. */
  readonly sources: readonly PlannedSource[];
}

/** Everything that must be fetched for a model to be installed under a name. */
export interface PullPlan {
  /** How the model was named. */
  readonly kind: ModelReference['kind'];
  readonly name: string;
  /** Whether the name is not the one that follows from how it was named. Default: false. */
  readonly isRenamed?: boolean;
  /** Where it comes from, for people to read. */
  readonly origin: string;
  /** As its publisher calls it. */
  readonly license?: string;
  /** The parts of a split model are in their order. */
  readonly files: readonly PlannedFile[];
  /** What a person should know: what of the model's publisher is not used, or was chosen for them. */
  readonly notes: readonly string[];
}

/** A catalogue entry's plan needs no network. */
export function toCatalogPlan({ name, license, file, sizeBytes, sha256, sources }: CatalogEntry): PullPlan {
  return {
    kind: 'catalog',
    name,
    origin: 'the catalogue',
    license,
    files: [{ role: 'weights', fileName: file, sizeBytes, sha256, sources }],
    notes: [],
  };
}
