import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { Command } from 'commander';
import { expect, onTestFinished, test } from 'vitest';
import { runCommand } from '../../test/cli/command-line-process.ts';
import { createTemporaryFolder } from '../../test/temporary-folder.ts';
import { createLedgerRow } from '../../test/usage-rows.ts';
import { createUsageReports } from '../service/usage/usage-reports.ts';
import { createSqlUsageReportStore } from '../store/sql/sql-usage-report-store.ts';
import { createSqlUsageStore } from '../store/sql/sql-usage-store.ts';
import { openDatabase } from '../store/sqlite/open-database.ts';
import { toAmountText } from './to-amount-text.ts';
import { registerUsageCommand } from './usage-command.ts';

const nowMs = Date.UTC(2030, 0, 31, 12, 30);
const hour = 3_600_000;

const rows = [
  createLedgerRow({ requestId: 'one', endedAtMs: nowMs - 50 * hour }),
  createLedgerRow({
    requestId: 'two',
    endedAtMs: nowMs - 2 * hour,
    model: 'a "big", one',
    costNano: 1_500_000_000,
  }),
  createLedgerRow({
    requestId: 'three',
    endedAtMs: nowMs - 1,
    keyId: 'l',
    costNano: undefined,
    finishReason: undefined,
  }),
];

async function createCommandLine() {
  const database = await openDatabase(join(createTemporaryFolder(), 'gravix.db'));
  onTestFinished(() => database.close());
  await createSqlUsageStore(database).change([], (transaction) => transaction.insertRows(rows));
  const store = createSqlUsageReportStore(database);
  const reports = createUsageReports({ store, usageRetentionDays: 90, now: () => nowMs });
  const openUsage = async () => ({
    reports,
    currency: 'EUR',
    listKeyNames: async () => new Map([['k', 'laptop']]),
    close: async () => undefined,
  });
  const execute = async (...words: string[]): Promise<string> => {
    const output = new PassThrough({ highWaterMark: 1_000_000 });
    const program = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
    registerUsageCommand(program, { openUsage, output, now: () => nowMs });
    const outcome = await program.parseAsync(['usage', ...words], { from: 'user' }).then(
      () => '',
      (error: unknown) => `exit ${(error as { exitCode?: number }).exitCode ?? (error as Error).message}`,
    );
    return `${String(output.read() ?? '')}${outcome}`;
  };
  return { execute, database };
}

test('a report shows who used how much of what', async () => {
  const { execute } = await createCommandLine();
  const report = (await execute('--from', '30d')).split('\n').map((line) => line.split(/ {2,}/));
  expect(report).toStrictEqual([
    [
      'KEY ID',
      'MODEL',
      'KEY NAME',
      'REQUESTS',
      'REFUSED BY LIMIT',
      'REFUSED BY BUDGET',
      'REFUSED OTHERWISE',
      'PROMPT TOKENS',
      'CACHED TOKENS',
      'COMPLETION TOKENS',
      'REASONING TOKENS',
      'COST',
      'CURRENCY',
    ],
    expect.arrayContaining(['k', 'a "big", one', 'laptop', '1.5', 'EUR']),
    expect.arrayContaining(['k', 'm', 'laptop', '0.000000077', 'EUR']),
    ['l', 'm', '', '1', '0', '0', '0', '10', '2', '5', '1', '0', 'EUR'].filter((cell) => cell !== ''),
    [''],
  ]);
  expect(await execute('--from', '1h', '--group', 'model', '--csv')).toBe(
    'model,requests,refusedByLimit,refusedByBudget,refusedOtherwise,promptTokens,cachedTokens,completionTokens,reasoningTokens,cost,currency\nm,1,0,0,0,10,2,5,1,0,EUR\n',
  );
  const json = JSON.parse(await execute('--group', 'endpoint', '--key', 'k', '--json'));
  expect(json).toMatchObject([
    { endpoint: 'chat/completions', requests: 2, cost: '1.500000077', currency: 'EUR' },
  ]);
  expect(await execute('--model', 'none')).toBe('Nothing was used in this time.\n');
});

test('an export has one line for each request', async () => {
  const { execute } = await createCommandLine();
  const [header = '', ...lines] = (await execute('export')).trimEnd().split('\n');
  expect(header.split(',').length).toBe(28);
  expect(lines.map((line) => line.split(',')[0])).toStrictEqual(['one', 'two', 'three']);
  expect(lines[1]).toContain(
    ',"a ""big"", one",m,completed,,stop,true,false,false,1,1,10,2,5,1,10,2,5,1,1.5,110,20,',
  );
  const json = (await execute('export', '--format', 'jsonl', '--from', '3h', '--to', '1h')).trimEnd();
  expect(JSON.parse(json)).toMatchObject({
    requestId: 'two',
    endedAt: new Date(nowMs - 2 * hour).toISOString(),
    cost: '1.5',
    promptTokens: 10,
  });
});

test('reconcile says what differs, and ends with 1 then', async () => {
  const { execute, database } = await createCommandLine();
  expect(await execute('reconcile')).toBe('The ledger, its sums and the reservations agree.\n');
  await database.queries.updateTable('usageSums').set({ requests: 5 }).where('costNano', '=', 77).execute();
  expect(await execute('reconcile')).toMatch(
    /^2030-01-29T10:00:00\.000Z key k, project p, model m, endpoint chat\/completions: requests is 5, and should be 1\.\nexit 1$/,
  );
  expect(await execute('reconcile', '--from', '1d')).toContain('agree');
  expect(JSON.parse((await execute('reconcile', '--json')).replace(/exit 1$/, ''))).toMatchObject([
    { found: 5 },
  ]);
});

test('options that make no sense are refused with a sentence', async () => {
  const { execute } = await createCommandLine();
  for (const words of [
    ['--from', 'yesterday'],
    ['--group', 'user'],
    ['--group', 'key,key'],
    ['export', '--format', 'xml'],
    ['--json', '--csv'],
    ['unknown'],
  ]) {
    expect(await execute(...words)).toMatch(/^exit 1$/);
  }
  expect(await execute('--from', '1h', '--to', '2h')).toContain('must be before');
});

test('amounts are exact', () => {
  expect([0, 1, 77, 10 ** 9, 1_500_000_000, 123_000_000_001].map(toAmountText)).toStrictEqual([
    '0',
    '0.000000001',
    '0.000000077',
    '1',
    '1.5',
    '123.000000001',
  ]);
});

test('the commands run on the database of the data folder', async () => {
  const home = createTemporaryFolder();
  expect(await runCommand(['usage'], { home })).toMatchObject({
    exitCode: 0,
    stdout: 'Nothing was used in this time.\n',
  });
  const checked = await runCommand(['usage', 'reconcile'], { home });
  expect(checked).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('agree') });
}, 60_000);
