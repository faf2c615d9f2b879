import { expect, test } from 'vitest';
import { openTestUseCase } from '../../test/use-case.ts';
import type { UsageRecord } from '../service/usage/usage-record.ts';
import { createUsageLog, joinUsageSinks } from './usage-sinks.ts';

test('each sink gets each record, also where another one fails', async () => {
  const taken: UsageRecord[] = [];
  const logged: unknown[] = [];
  const broken = {
    take: () => {
      throw new Error('The disk is full.');
    },
  };
  const sink = joinUsageSinks([broken, { take: (usage) => taken.push(usage) }], {
    error: (line: unknown) => logged.push(line),
  });
  const useCase = openTestUseCase();
  useCase.end();
  const usage = await useCase.usage;
  sink.take(usage);
  expect(taken).toEqual([usage]);
  expect(logged).toMatchObject([{ requestId: 'req_test', err: { message: 'The disk is full.' } }]);
});

test('the log has a record without what its key may do', async () => {
  const lines: unknown[] = [];
  const useCase = openTestUseCase({ callerId: 'key_1' });
  useCase.end(new Error('A fault of ours.'));
  const usage = await useCase.usage;
  const debug = (line: unknown) => lines.push(line);
  createUsageLog({ debug, isLevelEnabled: () => false }).take(usage);
  expect(lines).toEqual([]);
  createUsageLog({ debug, isLevelEnabled: (level: string) => level === 'debug' }).take(usage);
  expect(lines).toEqual([
    expect.objectContaining({ keyId: 'key_1', projectId: 'default', outcome: 'failed' }),
  ]);
  expect(lines[0]).not.toHaveProperty('caller');
});
