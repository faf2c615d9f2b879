import type { CatalogEntry, ModelSource } from './catalog-entry.ts';
import type { ModelReference } from './model-reference.ts';

/** The role of a file in its model. */
export type FileRole = 'weights' | 'template' | 'parameters' | 'system' | 'license';

/** A local file, which is copied. */
export interface LocalFileSource {
  readonly kind: 'file';
  /** Absolute. */
  readonly path: string;
}

export type PlannedSource = ModelSource | LocalFileSource;

export interface PlannedFile {
  readonly role: FileRole;
  /** A name for messages, and for the parts of a split model. Never a path. */
  readonly fileName: string;
  /** Undefined if the source does not report it in advance. */
  readonly sizeBytes: number | undefined;
  /** Lower-case hexadecimal. Undefined if unknown; then any content is accepted. */
  readonly sha256: string | undefined;
  /** Tried in this order until one succeeds. */
  readonly sources: readonly PlannedSource[];
}

/** All files that must be fetched to install a model under a name. */
export interface PullPlan {
  /** The reference that the user wrote. */
  readonly kind: ModelReference['kind'];
  readonly name: string;
  /** Whether the name differs from the one derived from the reference. Default: false. */
  readonly isRenamed?: boolean;
  /** The source, for messages. */
  readonly origin: string;
  /** The publisher's name for it. */
  readonly license?: string;
  /** The parts of a split model are in their order. */
  readonly files: readonly PlannedFile[];
  /** Notes for the user: unused parts of the model, and choices made for them. */
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
