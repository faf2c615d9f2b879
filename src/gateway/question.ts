// A question of ours, whose content provokes nothing. It tells whether a place fails everyone, or only the requests that failed.
import { BackendError } from '../backend/backend-error.ts';
import { type GenerationRequest, neutralSampling, plainRules } from '../backend/generation-request.ts';
import { textContent } from '../backend/message-content.ts';
import { type AttemptParts, isBusyRouter, noteFailure } from './attempts.ts';
import { openAnswer, plainForm } from './open-answer.ts';
import type { Seat } from './seats.ts';

const questionText = 'Hi';
const answerTokensMax = 4;

/** How long an answer may take, in milliseconds. */
const answerMsMax = 10_000;

/** The seat learns how the question ended, and is released. Never rejects. */
export async function askPlace(seat: Seat, parts: Pick<AttemptParts, 'policy' | 'clock'>): Promise<void> {
  const late = new AbortController();
  const tooSlow = new BackendError('timeout', 'The deployment was too slow.', { isRetryable: true });
  const stopTimer = parts.clock.setTimer(() => late.abort(tooSlow), answerMsMax);
  try {
    if (seat.place.backend.describe()?.task === 'embed') await embed(seat, late.signal);
    else await generate(seat, late.signal, parts);
  } catch (error) {
    // It answers, and a request that it has no room for may be told so. Without a verdict the next question would follow at once.
    if (isBusyRouter(seat, error)) seat.succeed();
    // Not that of a client who left: the place is to blame for a question that takes too long.
    else noteFailure(seat, error, false, parts);
  } finally {
    stopTimer();
  }
}

async function generate(
  seat: Seat,
  signal: AbortSignal,
  { clock }: Pick<AttemptParts, 'clock'>,
): Promise<void> {
  const { rest } = await openAnswer(seat, () => false, signal, {
    form: plainForm,
    isHeld: true,
    start: (ownSignal) => seat.place.backend.generate(createQuestion(seat), ownSignal),
    onStarted: () => {},
    waitedMs: 0,
    clock,
  });
  await rest.return?.();
}

async function embed(seat: Seat, signal: AbortSignal): Promise<void> {
  const { backend, name } = seat.place;
  try {
    await backend.embed?.({ id: `question-${name}`, inputs: [{ kind: 'text', text: questionText }] }, signal);
    seat.succeed();
  } finally {
    seat.release();
  }
}

/** Streamed, as most answers are. */
function createQuestion({ place }: Seat): GenerationRequest {
  return {
    id: `question-${place.name}`,
    cacheKey: undefined,
    isFurtherChoice: false,
    isStreamed: true,
    prompt: { kind: 'chat', messages: [{ role: 'user', content: textContent(questionText) }] },
    sampling: neutralSampling,
    maxTokens: answerTokensMax,
    topLogprobs: undefined,
    stop: [],
    outputFormat: undefined,
    grammar: undefined,
    toolUse: undefined,
    ...plainRules,
  };
}
