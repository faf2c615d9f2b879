/** Characters of one event; the server's are far smaller. */
const eventCharactersMax = 16 * 1024 * 1024;

/**
 * The data of each server-sent event, as it arrives: https://html.spec.whatwg.org/multipage/server-sent-events.html
 * Events that came with one piece of the network come together, so that a reader may take them in one step.
 */
export async function* readEventStream(body: ReadableStream<Uint8Array>): AsyncGenerator<readonly string[]> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const split = createEventSplitter();
  try {
    while (true) {
      const { done, value } = await reader.read();
      const events = split(done ? decoder.decode() : decoder.decode(value, { stream: true }));
      if (events.length > 0) yield events;
      if (done) return;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** A function that takes pieces of a stream, and returns the data of the events that are complete. */
export function createEventSplitter(): (piece: string) => readonly string[] {
  let rest = '';
  let lines: string[] = [];
  let endsWithReturn = false;
  return (piece) => {
    // A line ends with CR LF, LF or CR. CR LF may come in two pieces.
    const text = endsWithReturn && piece.startsWith('\n') ? piece.slice(1) : piece;
    if (piece !== '') endsWithReturn = piece.endsWith('\r');
    const parts = (rest + text).split(/\r\n|\n|\r/);
    rest = parts.pop() ?? '';
    if (rest.length > eventCharactersMax) throw new Error('An event of the stream is too long.');
    const events: string[] = [];
    for (const line of parts) {
      if (line.startsWith('data:')) lines.push(line.slice(line.startsWith('data: ') ? 6 : 5));
      else if (line === '' && lines.length > 0) {
        events.push(lines.join('\n'));
        lines = [];
      }
    }
    return events;
  };
}
