import type { ModelFileRole } from '../library/installed-model.ts';

/** A model in another program's folder, as that program describes it; nothing of it has been checked. */
export interface ImportCandidate {
  /** The name of the model in Gravix. */
  readonly name: string;
  /** For people: whose it is, and where. */
  readonly origin: string;
  readonly files: readonly CandidateFile[];
  /** Notes about unused parts of the model. */
  readonly notes: readonly string[];
}

export interface CandidateFile {
  readonly role: ModelFileRole;
  readonly fileName: string;
  /** Absolute. */
  readonly path: string;
  /** As the other program gives it. */
  readonly sha256: string | undefined;
}

/** Something that looks like a model of the other program and can't be taken over, with the reason. */
export interface SkippedImport {
  readonly name: string;
  readonly reason: string;
}

export interface ImportSurvey {
  readonly candidates: readonly ImportCandidate[];
  readonly skipped: readonly SkippedImport[];
}
