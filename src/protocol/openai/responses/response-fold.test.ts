import fc from 'fast-check';
import { accumulateResponse } from 'openai/lib/responses/ResponseAccumulator';
import { expect, test } from 'vitest';
import { finish, started, textDelta } from '../../../../test/scripted-backend.ts';
import type { GenerationEvent } from '../../../backend/generation-event.ts';
import { neutralSampling } from '../../../backend/generation-request.ts';
import { createResponseEnvelope } from './create-response-envelope.ts';
import { isFinalEvent, type ResponseEvent, responseEventSchema } from './response-event.ts';
import { createResponseFold, toWireResponse } from './response-fold.ts';

const piece = fc.string({ unit: 'grapheme', minLength: 1 });

/** Texts, thoughts and calls in any order; every piece of a call follows its start. */
const deltas: fc.Arbitrary<GenerationEvent[]> = fc
  .array(
    fc.oneof(
      piece.map((text): GenerationEvent[] => [{ type: 'text-delta', text }]),
      piece.map((text): GenerationEvent[] => [
        {
          type: 'text-delta',
          text,
          logprobs: [{ text, bytes: [1], logprob: -1, top: [{ text: 'x', bytes: undefined, logprob: -2 }] }],
        },
      ]),
      piece.map((text): GenerationEvent[] => [{ type: 'reasoning-delta', text }]),
      fc.array(piece).map((pieces): GenerationEvent[] => [
        { type: 'tool-call-start', callIndex: 0, id: 'call_a', name: 'f' },
        ...pieces.map((argumentsText): GenerationEvent => {
          return { type: 'tool-call-delta', callIndex: 0, argumentsText };
        }),
      ]),
    ),
  )
  .map((groups) => groups.flat());

const endings = fc.constantFrom('stop' as const, 'length' as const, 'tool-calls' as const);

function createFold(encryptsReasoning = false) {
  const envelope = createResponseEnvelope(
    { model: 'm', input: 'a' },
    { id: 'resp_0123', createdAtSeconds: 1, isStored: false, sampling: neutralSampling },
  );
  return createResponseFold({ envelope, now: () => 2, encryptsReasoning });
}

async function* toStream(events: readonly GenerationEvent[]) {
  for (const event of events) yield { choice: 0, event };
}

function readAll(events: readonly GenerationEvent[], encryptsReasoning = false): ResponseEvent[] {
  return events.flatMap(createFold(encryptsReasoning).add);
}

test("a stream of any events, put together by OpenAI's own client, is the plain answer", async () => {
  await fc.assert(
    fc.asyncProperty(deltas, endings, fc.boolean(), async (made, reason, encryptsReasoning) => {
      const events = [started, ...made, finish(3, reason)];
      const stream = readAll(events, encryptsReasoning);
      const plain = await toWireResponse(toStream(events), createFold(encryptsReasoning));
      let snapshot: Parameters<typeof accumulateResponse>[1];
      // Without the last event, whose response is the plain one as it stands.
      for (const event of stream.slice(0, -1)) {
        snapshot = accumulateResponse(event as Parameters<typeof accumulateResponse>[0], snapshot);
      }
      expect(snapshot?.output).toEqual(plain.output);
      expect(stream.at(-1)).toMatchObject({ response: plain });
      expect(stream.map((event) => event.sequence_number)).toEqual(stream.map((_, index) => index));
      const ids = plain.output.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      for (const event of stream) expect(responseEventSchema.safeParse(event).error).toBeUndefined();
    }),
    { numRuns: 300 },
  );
});

test('whatever is cut off is only the last item', async () => {
  const [first, second] = (
    await toWireResponse(
      toStream([started, { type: 'reasoning-delta', text: 'a' }, textDelta('b'), finish(2, 'length')]),
      createFold(),
    )
  ).output;
  expect([first?.status, second?.status]).toEqual(['completed', 'incomplete']);
});

test('events that end without a finish are an error', async () => {
  const events = [started, textDelta('a')];
  await expect(toWireResponse(toStream(events), createFold())).rejects.toThrow('without a finish');
  expect(readAll(events).some(isFinalEvent)).toBe(false);
});

test('a failure has its own code in the event, and the one that clients know in the response', () => {
  const fold = createFold();
  fold.add(started);
  const error = { message: 'Too slow.', type: 'server_error', param: null, code: 'timeout' };
  expect(fold.fail({ error })).toMatchObject([
    { type: 'error', sequence_number: 2, code: 'timeout', message: 'Too slow.' },
    {
      type: 'response.failed',
      sequence_number: 3,
      response: { status: 'failed', error: { code: 'server_error', message: 'Too slow.' } },
    },
  ]);
});
