import { promises as dns, type LookupAddress, type RecordWithTtl } from 'node:dns';

/** The addresses of a name, and how long they hold, in milliseconds. */
export interface FoundAddresses {
  readonly addresses: readonly LookupAddress[];
  readonly holdMs: number;
  /** Nobody answered for its addresses of this family: those from before hold. Absent: all were found. */
  readonly unansweredFamily?: 4 | 6;
}

/** Finds the addresses of a name. Throws if no answer has one, and one is missing: a name without addresses has none. */
export type LookUpAddresses = (hostname: string) => Promise<FoundAddresses>;

/** Addresses are looked up again after this time at the latest, in milliseconds, and not before the least. */
const holdMsMax = 30_000;
const holdMsMin = 1000;

/** How long one question to a name server may take, in milliseconds, and how often it is asked. */
const questionMsMax = 2000;
const questionsMax = 2;

/**
 * Asks the name servers for A and AAAA records, which say how long they hold. A name that they do not know may be in the
 * system's files, or be a short one: then the system is asked.
 *
 * @param servers such as `127.0.0.1:5353`; absent: as the system has them
 */
export function createAddressLookup(servers?: readonly string[]): LookUpAddresses {
  const resolver = new dns.Resolver({ timeout: questionMsMax, tries: questionsMax });
  if (servers !== undefined) resolver.setServers(servers);
  return async (hostname) => {
    const [four, six] = await Promise.all([
      ask(() => resolver.resolve4(hostname, { ttl: true })),
      ask(() => resolver.resolve6(hostname, { ttl: true })),
    ]);
    const records = [...four.records, ...six.records];
    if (records.length > 0) {
      const ttlMs = Math.min(...records.map(({ ttl }) => ttl)) * 1000;
      const addresses = [...toAddresses(four.records, 4), ...toAddresses(six.records, 6)];
      const found = { addresses, holdMs: Math.min(Math.max(ttlMs, holdMsMin), holdMsMax) };
      // Some name servers have no answer for the family that they know nothing of.
      const unansweredFamily = four.failure !== undefined ? 4 : six.failure !== undefined ? 6 : undefined;
      return unansweredFamily === undefined ? found : { ...found, unansweredFamily };
    }
    const failure = four.failure ?? six.failure;
    if (failure !== undefined) throw failure;
    if (servers !== undefined) return { addresses: [], holdMs: holdMsMin };
    const addresses = await dns.lookup(hostname, { all: true }).catch((error: unknown) => {
      if (isAbsent(error)) return [];
      throw error;
    });
    return { addresses, holdMs: addresses.length === 0 ? holdMsMin : holdMsMax };
  };
}

function toAddresses(records: readonly RecordWithTtl[], family: 4 | 6): readonly LookupAddress[] {
  return records.map(({ address }) => ({ address, family }));
}

interface FoundRecords {
  readonly records: readonly RecordWithTtl[];
  readonly failure?: unknown;
}

async function ask(question: () => Promise<RecordWithTtl[]>): Promise<FoundRecords> {
  return await question().then(
    (records) => ({ records }),
    (failure: unknown) => (isAbsent(failure) ? { records: [] } : { records: [], failure }),
  );
}

/** The name is not there, or has no address of this family. */
function isAbsent(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ENOTFOUND' || code === 'ENODATA';
}
