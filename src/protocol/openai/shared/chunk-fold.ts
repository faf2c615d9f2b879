import type { ChoiceEvent } from '../../../backend/choice-event.ts';

/**
 * A streamed answer while it is made: each event becomes the chunks that say it. The caller reads the events, so that
 * no chunk passes an iterator of its own.
 */
export interface ChunkFold<Chunk> {
  push(event: ChoiceEvent): readonly Chunk[];
}
