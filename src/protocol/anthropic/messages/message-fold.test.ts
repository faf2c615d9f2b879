import { MessageStream } from '@anthropic-ai/sdk/lib/MessageStream';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { finish, started } from '../../../../test/scripted-backend.ts';
import type { GenerationEvent } from '../../../backend/generation-event.ts';
import type { MessageEvent } from './message-event.ts';
import { createMessageFold } from './message-fold.ts';

const piece = fc.string({ unit: 'grapheme', minLength: 1 });

/** The arguments of a call as JSON, cut into pieces. */
const argumentPieces = fc
  .tuple(
    fc.dictionary(fc.stringMatching(/^\w{1,8}$/), fc.oneof(piece, fc.integer(), fc.boolean()), {
      maxKeys: 3,
    }),
    fc.nat(),
  )
  .map(([value, at]) => {
    const json = JSON.stringify(value);
    const cut = at % json.length;
    return [json.slice(0, cut), json.slice(cut)].filter((one) => one !== '');
  });

/** Texts, thoughts and calls in any order; every piece of a call follows its start. */
const deltas: fc.Arbitrary<GenerationEvent[]> = fc
  .array(
    fc.oneof(
      piece.map((text): GenerationEvent[] => [{ type: 'text-delta', text }]),
      piece.map((text): GenerationEvent[] => [{ type: 'reasoning-delta', text }]),
      argumentPieces.map((pieces): GenerationEvent[] => [
        { type: 'tool-call-start', callIndex: 0, id: 'call_a', name: 'f' },
        ...pieces.map((argumentsText): GenerationEvent => {
          return { type: 'tool-call-delta', callIndex: 0, argumentsText };
        }),
      ]),
    ),
  )
  .map((groups) => groups.flat());

const endings = fc.constantFrom('stop' as const, 'length' as const, 'tool-calls' as const);

/** As Anthropic's own client puts it together. */
async function readWithSdk(events: readonly MessageEvent[]) {
  const lines = events.map((event) => `${JSON.stringify(event)}\n`);
  return MessageStream.fromReadableStream(new Blob(lines).stream()).finalMessage();
}

test("a stream of any events, put together by Anthropic's own client, is the plain answer", async () => {
  await fc.assert(
    fc.asyncProperty(deltas, endings, fc.boolean(), async (made, reason, showsThinking) => {
      const options = { id: 'msg_1', model: 'm', stopSequences: [], showsThinking, toCost: undefined };
      const fold = createMessageFold(options);
      const events = [started, ...made, finish(3, reason)].flatMap(fold.add);
      const plain = JSON.parse(JSON.stringify(fold.finish()));
      const { content, stop_reason, stop_sequence, id, usage } = await readWithSdk(events);
      expect({ content, stop_reason, stop_sequence, id }).toEqual({
        content: plain.content,
        stop_reason: plain.stop_reason,
        stop_sequence: plain.stop_sequence,
        id: plain.id,
      });
      const { input_tokens, output_tokens, cache_read_input_tokens } = plain.usage;
      expect(usage).toMatchObject({ input_tokens, output_tokens, cache_read_input_tokens });
    }),
    { numRuns: 200 },
  );
});
