import type { ToCost } from '../shared/completion-usage.ts';
import { createRandomHex } from '../shared/create-random-hex.ts';

/** The common fields of a plain answer and of every chunk of a stream. */
export interface ChatCompletionEnvelope {
  readonly id: string;
  /** Unix time in seconds; one for all chunks of a stream. */
  readonly createdAtSeconds: number;
  /** The name that was asked for, an alias included. */
  readonly model: string;
  /** Engine and build. */
  readonly systemFingerprint: string;
  /** The tier that served it; undefined where none was asked for. */
  readonly serviceTier: 'default' | undefined;
  /** undefined: the model has no price. */
  readonly toCost?: ToCost | undefined;
}

export function createChatCompletionId(): string {
  return `chatcmpl-${createRandomHex()}`;
}
