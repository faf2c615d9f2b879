/** What is compared of an answer: ids, times and names of builds are left out. */
export interface Outcome {
  readonly status: number;
  /** Of each choice. */
  readonly texts?: readonly string[];
  /** Name and arguments, as JSON without spaces. */
  readonly calls?: readonly string[];
  readonly finishes?: readonly (string | null)[];
  /** Of the prompt and of the answer. */
  readonly usage?: readonly [number, number];
  /** Tokens with log-probabilities. */
  readonly logprobs?: number;
  /** Types of the events of a stream that names them, each once for those in a row. */
  readonly events?: readonly string[];
  /** Whose form the body of an error has. */
  readonly errorForm?: 'openai' | 'anthropic' | 'other' | undefined;
  /** A stream that ended without its last event, or had an error. */
  readonly isBroken?: true;
}

/** What the answers of one API have in them. */
export type AnswerFacts = Omit<Outcome, 'status' | 'errorForm' | 'events'>;

export function toPlainJson(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  try {
    return JSON.stringify(JSON.parse(value));
  } catch {
    return value;
  }
}

/** Without the parts that there are none of. */
export function toFacts({ calls = [], usage, logprobs = 0, isBroken, ...rest }: AnswerFacts): AnswerFacts {
  return {
    ...rest,
    ...(calls.length === 0 ? {} : { calls }),
    ...(usage === undefined ? {} : { usage }),
    ...(logprobs === 0 ? {} : { logprobs }),
    ...(isBroken === undefined ? {} : { isBroken }),
  };
}
