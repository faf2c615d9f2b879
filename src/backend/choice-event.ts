import type { GenerationEvent } from './generation-event.ts';

/** An event of one of several completions that answer the same prompt. */
export interface ChoiceEvent {
  /** Which of them, from 0. */
  readonly choice: number;
  readonly event: GenerationEvent;
}
