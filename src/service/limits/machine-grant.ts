// The machine time that is reserved for a request, as money. It grows slice by slice while a model works for the request. Where a
// budget has no room for another slice, the request ends shortly before the last one is used up.
import { machineSliceMs } from './decide.ts';
import { createGrowingAmount } from './growing-amount.ts';
import { createQuotaError } from './limit-error.ts';
import type { MachineShare } from './machine-time.ts';
import { type ModelPrice, toMachineCostNano } from './model-price.ts';

/** How often a request with a budget is looked at, in milliseconds: a prompt that is read for long tells of no tokens. */
const lookMs = 100;

/** A request ends this long before its reserved time is over, in milliseconds, because a model does not stop at once. */
const stopAheadMs = 200;

export interface MeteredMachine {
  readonly price: ModelPrice;
  /** Reserved so far, in billionths of the currency. */
  readonly reservedNano: number;
  /** A model begins to work for the request. */
  readonly enter: () => MachineShare;
  /** Reserves more, within the budgets; resolves to what there was. Absent: no budget counts money. */
  readonly extend?: ((costNano: number) => Promise<number>) | undefined;
  readonly onChange: () => void;
  readonly stop: (reason: unknown) => void;
}

export interface MachineGrant {
  enter(): MachineShare;
  reservedNano(): number;
  /** Ends the request if its time is used up. Without a budget, reserves more. */
  follow(): void;
}

/** Undefined if the time of the model has no price. */
export function openMachineGrant({
  price,
  ...metered
}: Omit<MeteredMachine, 'price'> & { readonly price: ModelPrice | undefined }): MachineGrant | undefined {
  if (price === undefined || (price.perHourNano ?? 0) === 0) return undefined;
  return createMachineGrant({ price, ...metered });
}

function createMachineGrant(metered: MeteredMachine): MachineGrant {
  const { price, enter, extend, onChange, stop } = metered;
  const toNano = (ms: number) => toMachineCostNano(price, ms);
  const sliceNano = toNano(machineSliceMs);
  const open = new Set<MachineShare>();
  let endedMs = 0;
  const reserved = createGrowingAmount(metered.reservedNano, { extend, onChange });
  let timer: NodeJS.Timeout | undefined;

  const spentNano = () => toNano([...open].reduce((sum, share) => sum + share.ms(), endedMs));
  const follow = () => {
    const beyond = spentNano() - reserved.reserved();
    if (extend === undefined) {
      if (beyond >= 0) reserved.grow(beyond + sliceNano);
      return;
    }
    // Others may give some back: it is asked for again.
    if (reserved.isShort() && !reserved.isAsking() && beyond >= -toNano(stopAheadMs))
      stop(createQuotaError());
  };
  const look = () => {
    follow();
    if (!reserved.isAsking() && spentNano() + sliceNano / 2 >= reserved.reserved()) reserved.grow(sliceNano);
  };
  return {
    enter() {
      const share = enter();
      open.add(share);
      if (extend !== undefined) timer ??= setInterval(look, lookMs).unref();
      return {
        ms: share.ms,
        leave: () => {
          share.leave();
          if (!open.delete(share)) return;
          endedMs += share.ms();
          if (open.size > 0) return;
          clearInterval(timer);
          timer = undefined;
        },
      };
    },
    reservedNano: reserved.reserved,
    follow,
  };
}
