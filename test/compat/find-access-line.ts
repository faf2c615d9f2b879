import type { ServerProcess } from '../server-process.ts';

/** Generous: the line is written when the answer closes, which other work on the machine may delay. */
const waitMsMax = 60_000;

/** A request's line in the access log, as soon as it is written. */
export async function findAccessLine(
  server: ServerProcess,
  requestId: string,
): Promise<Readonly<Record<string, unknown>>> {
  const giveUpAtMs = performance.now() + waitMsMax;
  while (performance.now() < giveUpAtMs) {
    for (const line of server.logs().split('\n')) {
      if (!line.includes(`"requestId":"${requestId}"`)) continue;
      const fields = JSON.parse(line) as Record<string, unknown>;
      if (fields['msg'] === 'request') return fields;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`The access log has no line for ${requestId}.\n${server.logs()}`);
}
