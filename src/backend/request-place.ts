/**
 * The part of a request that an error is about, in no wire's words. For each endpoint its wire has one function that says
 * what the part is called there, such as `toChatParam`. An index counts from 0.
 */
export type RequestPlace =
  | { readonly kind: 'model' }
  /** The whole input of the model. With an index, one of several prompts or texts. */
  | { readonly kind: 'prompt'; readonly index?: number }
  | { readonly kind: 'message'; readonly index: number; readonly partIndex?: number }
  /** The last message, which the answer continues. */
  | { readonly kind: 'continued-message' }
  /** `path` leads into its schema, such as `properties.x.pattern`; '' is the whole. */
  | { readonly kind: 'output-format'; readonly path: string }
  | { readonly kind: 'tools' }
  /** `path` as for the output format. */
  | { readonly kind: 'tool-parameters'; readonly toolIndex: number; readonly path: string }
  /** The format of the answer: the output format, or the tools if there is none. */
  | { readonly kind: 'answer-grammar' }
  | { readonly kind: 'stop-token' }
  | { readonly kind: 'token-bias' }
  /** A number that says how the next token is drawn. */
  | { readonly kind: 'sampling'; readonly name: 'topK' | 'minP' | 'repetitionPenalty' }
  | { readonly kind: 'stop-sequences' }
  /** The limit of the answer's tokens. */
  | { readonly kind: 'answer-length' }
  | { readonly kind: 'suffix' }
  /** The prompt before the answer. */
  | { readonly kind: 'echo' }
  | { readonly kind: 'log-probabilities' }
  | { readonly kind: 'reasoning-effort' }
  | { readonly kind: 'reasoning-budget' }
  | { readonly kind: 'template-variables' }
  /** The length of an embedding. */
  | { readonly kind: 'dimensions' }
  /** The stored answer that the request reads or changes. */
  | { readonly kind: 'stored-answer' }
  /** The stored answer that the conversation continues. */
  | { readonly kind: 'previous-answer' }
  /** An item of the input that stands for a stored one. */
  | { readonly kind: 'referenced-item'; readonly index: number }
  /** The entry after which a page of a list begins. */
  | { readonly kind: 'list-start' };

/** The name of a place in the wire format of one endpoint. Null: it has no name there. */
export type ToParam = (place: RequestPlace) => string | null;
