// Reads the answer of one place until nothing can be tried again: to the first content, or to the end where the answer is
// read as a whole. Its reader gets what was read, and then the place's own iterator.
import { BackendError } from '../backend/backend-error.ts';
import type { Generation } from '../backend/generation.ts';
import type { GenerationEvent, TokenUsage } from '../backend/generation-event.ts';
import type { Clock } from './clock.ts';
import type { Seat } from './seats.ts';
import { createSpeedWatch, type SpeedWatch } from './speed-watch.ts';

export interface OpenedAnswer<Event> {
  /** What was read so far. */
  readonly held: readonly Event[];
  readonly rest: AsyncIterator<Event>;
}

/** How events of one kind are read. */
export interface AnswerForm<Event> {
  readonly toEvent: (event: Event) => GenerationEvent;
  readonly withEvent: (event: Event, changed: GenerationEvent) => Event;
  /** `finish` events of a whole answer. */
  readonly finishes: number;
}

/** Of one completion. */
export const plainForm: AnswerForm<GenerationEvent> = {
  toEvent: (event) => event,
  withEvent: (_, changed) => changed,
  finishes: 1,
};

export interface AnswerOpening<Event> {
  readonly form: AnswerForm<Event>;
  /** Nothing is sent before the answer is whole. */
  readonly isHeld: boolean;
  readonly start: (signal: AbortSignal) => Generation<Event>;
  /** Follows what the attempt costs, whatever becomes of it. */
  readonly onStarted: (settled: Promise<TokenUsage>) => void;
  /** Time in the queue of the composite. */
  readonly waitedMs: number;
  readonly clock: Clock;
}

export async function openAnswer<Event>(
  seat: Seat,
  mayMove: () => boolean,
  signal: AbortSignal,
  opening: AnswerOpening<Event>,
): Promise<OpenedAnswer<Event>> {
  const { form, isHeld, start, onStarted, clock } = opening;
  const { deployment } = seat.entry;
  const watch = createSpeedWatch(deployment, { isHeld, mayMove, clock }, signal);
  const { events, settled } = startIn(seat, watch, start);
  onStarted(settled);
  void settled.then(() => {
    watch.stop();
    seat.release();
  });
  const rest = events[Symbol.asyncIterator]();
  const held: Event[] = [];
  let finishesLeft = form.finishes;
  try {
    for (;;) {
      const result = await rest.next();
      if (result.done === true) throw createCutError();
      const event = form.toEvent(result.value);
      held.push(
        event.type === 'started'
          ? form.withEvent(result.value, noteStart(event, seat, opening))
          : result.value,
      );
      if (event.type === 'finish') finishesLeft -= 1;
      if (finishesLeft > 0 && (isHeld || !isContent(event))) {
        watch.note(event);
        continue;
      }
      watch.stop();
      seat.succeed();
      return { held, rest };
    }
  } catch (error) {
    watch.stop();
    // It has ended, or its signal has aborted: nothing else would end it where the events just stop.
    await rest.return?.();
    throw error;
  }
}

/** A start that fails leaves the seat free. */
function startIn<Event>(
  seat: Seat,
  watch: SpeedWatch,
  start: AnswerOpening<Event>['start'],
): Generation<Event> {
  try {
    return start(watch.signal);
  } catch (error) {
    watch.stop();
    seat.release();
    throw error;
  }
}

/** Content is what a client would see twice if it came from a second place as well. */
function isContent(event: GenerationEvent): boolean {
  switch (event.type) {
    case 'started':
      return false;
    case 'text-delta':
    case 'reasoning-delta':
      return event.text !== '' || ('logprobs' in event && (event.logprobs?.length ?? 0) > 0);
    case 'tool-call-delta':
      return event.argumentsText !== '';
    case 'echo':
      return event.text !== '' || (event.logprobs?.length ?? 0) > 0;
    case 'tool-call-start':
    case 'finish':
      return true;
  }
}

function noteStart(
  event: GenerationEvent & { readonly type: 'started' },
  { entry }: Seat,
  { waitedMs }: Pick<AnswerOpening<unknown>, 'waitedMs'>,
): GenerationEvent {
  const { queueWaitMs = 0 } = event;
  const servedBy = entry.deployment.name;
  return Object.assign(
    {},
    event,
    waitedMs > 0 ? { servedBy, queueWaitMs: queueWaitMs + waitedMs } : { servedBy },
  );
}

function createCutError(): BackendError {
  return new BackendError('upstream_error', 'The answer of the deployment ended too early.', {
    wasGenerating: true,
    mayBeProvoked: true,
  });
}
