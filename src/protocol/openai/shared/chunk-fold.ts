import type { ChoiceEvent } from '../../../backend/choice-event.ts';

/**
 * A streamed answer in progress: each event becomes chunks. The caller reads the events, so that chunks pass
 * no extra iterator.
 */
export interface ChunkFold<Chunk> {
  push(event: ChoiceEvent): readonly Chunk[];
}
