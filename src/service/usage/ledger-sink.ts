import type { KeyIdentity } from '../keys/key-identity.ts';
import type { Admission } from '../limits/admission-of-request.ts';
import type { LedgerWriter } from './ledger-writer.ts';
import { toLedgerRow } from './to-ledger-row.ts';
import type { UsageRecord, UsageSink } from './usage-record.ts';

/** Each request that reached a model, or a stored answer, becomes a row; of the others only their number is kept. */
export function createLedgerSink(
  writer: LedgerWriter,
  now: () => number,
  onQuotaRefusal: (key: KeyIdentity) => void,
): UsageSink {
  return {
    take(record: UsageRecord, admission?: Admission) {
      if (admission === undefined && !isReplay(record)) {
        const kind = toRefusalKind(record);
        if (kind === 'refusedByBudget') onQuotaRefusal(record.caller.key);
        writer.refuse(kind, {
          keyId: record.caller.id,
          projectId: record.caller.projectId,
          // A name that no deployment has could be anything.
          model: record.deployment ?? '',
          endpoint: record.endpoint,
        });
        return;
      }
      const row = toLedgerRow(record, admission, Math.round(now()));
      const { promptTokens, completionTokens } = row.total;
      admission?.end({ promptTokens, completionTokens, costNano: row.costNano ?? 0 });
      writer.settle({
        key: record.caller.key,
        place: admission?.place,
        subjects: admission?.subjects ?? [],
        row,
      });
    },
  };
}

function isReplay({ isReplay, outcome }: UsageRecord): boolean {
  return isReplay && outcome === 'completed';
}

function toRefusalKind({ errorCode }: UsageRecord) {
  switch (errorCode) {
    case 'rate_limit_exceeded':
      return 'refusedByLimit';
    case 'insufficient_quota':
      return 'refusedByBudget';
    default:
      return 'refusedOtherwise';
  }
}
