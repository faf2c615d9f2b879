/**
 * Where finished answers are kept for the clients who asked for it. A record belongs to the API key that made it:
 * every method takes the owner, and another owner's record is as good as none. What was asked and answered is one
 * JSON text each, which only its writer reads. Failures of the storage itself are thrown as `StoreError`.
 */
export interface CompletionStore {
  /** Adds a record. Throws if its id already exists. */
  insert(completion: StoredCompletion): Promise<void>;
  find(key: CompletionKey): Promise<StoredCompletion | undefined>;
  /** A page, in the order in which the records were inserted or against it. */
  list(query: CompletionQuery): Promise<CompletionPage>;
  /** Replaces the metadata and returns the updated record. Undefined if there is none. */
  setMetadata(key: CompletionKey, metadata: CompletionMetadata): Promise<StoredCompletion | undefined>;
  /** Answers false when there is no such record. */
  remove(key: CompletionKey): Promise<boolean>;
  /** How much an owner has of one kind. */
  measure(collection: CompletionCollection): Promise<CompletionMeasure>;
  /** Deletes this many of the oldest records. */
  removeOldest(collection: CompletionCollection, count: number): Promise<void>;
  /** Removes every owner's records that were made before an instant, in milliseconds since 1970. */
  removeMadeBefore(createdAtMs: number): Promise<void>;
}

export type CompletionKind = 'chat-completion' | 'response';

export interface CompletionCollection {
  readonly ownerId: string;
  readonly kind: CompletionKind;
}

export interface CompletionKey extends CompletionCollection {
  readonly id: string;
}

export type CompletionMetadata = Readonly<Record<string, string>>;

export interface StoredCompletion extends CompletionKey {
  /** The name that was asked for. */
  readonly model: string;
  /** Milliseconds since 1970. */
  readonly createdAtMs: number;
  readonly metadata: CompletionMetadata;
  /** The request, as JSON. */
  readonly inputText: string;
  /** The answer, as JSON. */
  readonly outputText: string;
}

export interface CompletionQuery extends CompletionCollection {
  readonly order: 'asc' | 'desc';
  /** Records at most, 1 or more. */
  readonly limit: number;
  /** Begin behind the record with this id. */
  readonly after?: string | undefined;
  /** Only of this model. */
  readonly model?: string | undefined;
  /** Only with all of these pairs. */
  readonly metadata?: CompletionMetadata;
}

/** `unknown-after`: there is no record with the id after which the page should start. */
export type CompletionPage =
  | { readonly completions: readonly StoredCompletion[]; readonly hasMore: boolean }
  | 'unknown-after';

export interface CompletionMeasure {
  readonly count: number;
  /** Of all input and output texts in UTF-8. */
  readonly bytes: number;
}
