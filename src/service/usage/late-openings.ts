// Rows of requests that were let in while the store did not answer, and rows that may be there by mistake: an answer of the
// store may be lost although it did what was asked.
import {
  type OpenRequestId,
  toOpenRequestKey,
  type UsageStore,
  type UsageSubject,
} from '../../store/usage-store.ts';
import type { Opening } from '../limits/opening.ts';

/** Rows in one transaction. */
const batchRowsMax = 100;

/** How long a statement of a lost connection may still be under way in the store, in milliseconds. */
const lostStatementMsMax = 15_000;

export interface LateOpenings {
  readonly size: number;
  /** Whether some of them count for one of these. */
  has(subjects: readonly UsageSubject[]): boolean;
  /** `mayBeStored`: a lost statement may add a row under its number, also when the request has ended. */
  add(opening: Opening, mayBeStored: boolean): void;
  /** Removes the row of a request that does not run, now and once more when no lost statement can add it. */
  withdraw(id: OpenRequestId): void;
  /** Writes some of them; false if there are none. @throws StoreError */
  write(store: Pick<UsageStore, 'change'>): Promise<boolean>;
  close(): void;
}

export interface LateOpeningsOptions {
  /** Of this process. @throws StoreError before the store knows it */
  readonly replicaId: () => number;
  /** There is something to write. */
  readonly onChange: () => void;
}

export function createLateOpenings({ replicaId, onChange }: LateOpeningsOptions): LateOpenings {
  const openings = new Set<Opening>();
  const withdrawn = new Map<string, OpenRequestId>();
  const timers = new Set<NodeJS.Timeout>();
  const counts = new Map<UsageSubject, number>();

  const withdrawNow = (id: OpenRequestId) => {
    withdrawn.set(toOpenRequestKey(id), id);
    onChange();
  };
  /** When no statement of a lost connection can be under way any more. */
  const later = (work: () => void) => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      work();
    }, lostStatementMsMax).unref();
    timers.add(timer);
  };
  return {
    get size() {
      return openings.size;
    },
    has: (subjects) => counts.size > 0 && subjects.some((subject) => counts.has(subject)),

    add(opening, mayBeStored) {
      openings.add(opening);
      if (mayBeStored) {
        later(() => {
          if (opening.isSettled && opening.openId !== undefined) withdrawNow(opening.openId);
        });
      }
      for (const subject of opening.subjects) counts.set(subject, (counts.get(subject) ?? 0) + 1);
      onChange();
    },

    withdraw(id) {
      withdrawNow(id);
      later(() => withdrawNow(id));
    },

    async write(store) {
      const removed = takeSome(withdrawn.values());
      const opened = takeSome(openings).map((opening) => ({
        opening,
        id: { replicaId: replicaId(), number: opening.number },
      }));
      if (removed.length + opened.length === 0) return false;
      const subjects = new Set(opened.flatMap(({ opening }) => opening.subjects));
      await store.change([...subjects], async (transaction) => {
        for (const id of removed) await transaction.withdraw(id);
        // The answer to an earlier try may have been lost.
        for (const { id } of opened) await transaction.withdraw(id);
        await transaction.insertOpen(
          opened.map(({ opening, id }) => opening.toOpenRequest(id, transaction.nowMs)),
        );
      });
      for (const id of removed) withdrawn.delete(toOpenRequestKey(id));
      for (const { opening, id } of opened) {
        opening.openId = id;
        openings.delete(opening);
        for (const subject of opening.subjects) {
          const left = (counts.get(subject) ?? 0) - 1;
          if (left > 0) counts.set(subject, left);
          else counts.delete(subject);
        }
      }
      return true;
    },

    close() {
      for (const timer of timers) clearTimeout(timer);
    },
  };
}

function takeSome<Item>(items: Iterable<Item>): Item[] {
  const taken: Item[] = [];
  for (const item of items) {
    if (taken.length === batchRowsMax) break;
    taken.push(item);
  }
  return taken;
}
