import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createMachineTime } from './machine-time.ts';

test('requests at the same time share it, and a wait costs nothing', () => {
  let nowMs = 1000;
  const machine = createMachineTime(() => nowMs);
  nowMs = 2000;
  const first = machine.enter('m');
  nowMs = 2100;
  const second = machine.enter('m');
  nowMs = 2200;
  expect([first.ms(), second.ms()]).toEqual([150, 50]);
  first.leave();
  nowMs = 2300;
  second.leave();
  nowMs = 9000;
  second.leave();
  expect([first.ms(), second.ms()]).toEqual([150, 150]);
  const third = machine.enter('m');
  nowMs = 9001;
  expect(third.ms()).toBe(1);
});

test('models do not share with each other', () => {
  let nowMs = 0;
  const machine = createMachineTime(() => nowMs);
  const shares = ['a', 'b'].map((name) => machine.enter(name));
  nowMs = 10;
  expect(shares.map((share) => share.ms())).toEqual([10, 10]);
});

test('all shares together are the time in which the model worked', () => {
  const schedule = fc.array(
    fc.record({ startMs: fc.nat(1000), lengthMs: fc.integer({ min: 1, max: 500 }) }),
    { minLength: 1, maxLength: 30 },
  );
  fc.assert(
    fc.property(schedule, (requests) => {
      let nowMs = 0;
      const machine = createMachineTime(() => nowMs);
      const shares = new Map<number, ReturnType<typeof machine.enter>>();
      let workedMs = 0;
      for (; nowMs <= 1500; nowMs += 1) {
        for (const [index, { startMs, lengthMs }] of requests.entries()) {
          if (startMs === nowMs) shares.set(index, machine.enter('m'));
          if (startMs + lengthMs === nowMs) shares.get(index)?.leave();
        }
        const isBusy = requests.some(
          ({ startMs, lengthMs }) => startMs <= nowMs && nowMs < startMs + lengthMs,
        );
        if (isBusy) workedMs += 1;
      }
      const total = [...shares.values()].reduce((sum, share) => sum + share.ms(), 0);
      expect(total).toBeCloseTo(workedMs, 6);
    }),
  );
});
