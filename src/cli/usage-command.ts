import { once } from 'node:events';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { OpenedUsage } from '../app/open-usage.ts';
import { toCsv } from '../protocol/to-csv.ts';
import type { GroupUsage, UsageDifference, UsageDimension } from '../service/usage/usage-reports.ts';
import { CommandExit } from './command-exit.ts';
import { toAmountText } from './to-amount-text.ts';
import { toTable } from './to-table.ts';
import { exportHeader, toExportLines } from './usage-export-lines.ts';
import { addFilterFlags, addSpanFlags, type FilterFlags, type SpanFlags, toFilter } from './usage-flags.ts';

export interface UsageCommandOptions {
  /** Opens the ledger of the configured database. Each command closes it when it is done. */
  readonly openUsage: () => Promise<OpenedUsage>;
  readonly output: NodeJS.WritableStream;
  /** The time in milliseconds since 1970. */
  readonly now: () => number;
}

interface ReportFlags extends SpanFlags, FilterFlags {
  readonly group: readonly UsageDimension[];
  readonly json?: true;
  readonly csv?: true;
}

interface ExportFlags extends SpanFlags, FilterFlags {
  readonly format: 'csv' | 'jsonl';
}

const dayMs = 86_400_000;
/** What a report shows unless it is told otherwise. */
const reportDaysDefault = 30;

const groupWords: ReadonlyMap<string, UsageDimension> = new Map([
  ['key', 'keyId'],
  ['project', 'projectId'],
  ['model', 'model'],
  ['endpoint', 'endpoint'],
]);

/** Adds `gravix usage [report]|export|reconcile`. Errors reject the program's `parseAsync`. */
export function registerUsageCommand(program: Command, options: UsageCommandOptions): void {
  const { now } = options;
  const usage = program.command('usage').description('show, export and check what keys used');

  const report = usage
    .command('report', { isDefault: true })
    .description('show requests, tokens and cost; the default')
    .option('--group <words>', 'key, project, model, endpoint, or several, separated by commas', parseGroup, [
      'keyId',
      'model',
    ])
    .addOption(new Option('--json', 'print JSON').conflicts('csv'))
    .option('--csv', 'print CSV');
  addFilterFlags(addSpanFlags(report, now, `${reportDaysDefault} days ago`));
  report.action((flags: ReportFlags) => showReport(options, flags));

  const exported = usage
    .command('export')
    .description('write a line for each request, by the time of its end')
    .addOption(
      new Option('--format <format>', 'format of the lines').choices(['csv', 'jsonl']).default('csv'),
    );
  addFilterFlags(addSpanFlags(exported, now, 'the oldest one'));
  exported.action((flags: ExportFlags) => exportRows(options, flags));

  const reconcile = usage
    .command('reconcile')
    .description('check that ledger, sums and reservations agree; the exit code is 1 where they differ')
    .option('--json', 'print JSON');
  addSpanFlags(reconcile, now, 'the first hour of which all rows are kept');
  reconcile.action((flags: SpanFlags & { readonly json?: true }) => reconcileUsage(options, flags));
}

function parseGroup(text: string): readonly UsageDimension[] {
  const dimensions = text.split(',').map((word) => groupWords.get(word));
  const known = dimensions.flatMap((dimension) => dimension ?? []);
  if (known.length === dimensions.length && new Set(known).size === known.length) return known;
  throw new InvalidArgumentError(`Use ${[...groupWords.keys()].join(', ')}, each once, separated by commas.`);
}

async function showReport(options: UsageCommandOptions, flags: ReportFlags): Promise<void> {
  const span = toSpan(flags, options.now() - reportDaysDefault * dayMs, options.now());
  await withUsage(options, async ({ reports, listKeyNames, currency }) => {
    const groups = await reports.total({ ...span, groupBy: flags.group, filter: toFilter(flags) });
    const keyNames = flags.group.includes('keyId') ? await listKeyNames() : undefined;
    const rows = groups.map((group) => toReportRow(group, keyNames, currency));
    options.output.write(flags.json ? `${JSON.stringify(rows, null, 2)}\n` : writeRows(rows, flags));
  });
}

/** In the order of the columns. */
function toReportRow(
  { group, totals }: GroupUsage,
  keyNames: ReadonlyMap<string, string> | undefined,
  currency: string,
) {
  const { requests, refused, promptTokens, cachedTokens, completionTokens, reasoningTokens, costNano } =
    totals;
  const { keyId } = group;
  return {
    ...group,
    ...(keyId === undefined || keyNames === undefined ? {} : { keyName: keyNames.get(keyId) ?? '' }),
    requests,
    ...refused,
    promptTokens,
    cachedTokens,
    completionTokens,
    reasoningTokens,
    cost: toAmountText(costNano),
    currency,
  };
}

function writeRows(rows: readonly ReturnType<typeof toReportRow>[], { csv }: ReportFlags): string {
  const [first] = rows;
  if (first === undefined) return csv ? '' : 'Nothing was used in this time.\n';
  const names = Object.keys(first);
  const cells = rows.map((row) => Object.values(row).map(String));
  if (csv) return toCsv([names, ...cells]);
  const header = names.map((name) => name.replace(/([A-Z])/g, ' $1').toUpperCase());
  return toTable(
    header,
    cells.map((line) => line.map(toPlainText)),
  );
}

/** Names of models come from clients: nothing in them may steer the terminal. */
function toPlainText(text: string): string {
  return text.replace(/\p{C}/gu, '\uFFFD');
}

async function exportRows(options: UsageCommandOptions, flags: ExportFlags): Promise<void> {
  const { output, now } = options;
  const span = toSpan(flags, 0, now());
  await withUsage(options, async ({ reports }) => {
    if (flags.format === 'csv') await write(output, exportHeader);
    for await (const rows of reports.exportRows({ ...span, filter: toFilter(flags) })) {
      await write(output, toExportLines(rows, flags.format));
    }
  });
}

async function write(output: NodeJS.WritableStream, text: string): Promise<void> {
  if (!output.write(text)) await once(output, 'drain');
}

async function reconcileUsage(
  options: UsageCommandOptions,
  flags: SpanFlags & { readonly json?: true },
): Promise<void> {
  const { output, now } = options;
  await withUsage(options, async ({ reports }) => {
    // The hour that is not over is not whole in any sense: it ends with the last whole one.
    const span = toSpan(flags, reports.rowsKeptFromMs(), now() + 3_600_000);
    const differences = await reports.reconcile(span);
    if (flags.json) output.write(`${JSON.stringify(differences, null, 2)}\n`);
    else output.write(describeDifferences(differences));
    if (differences.length > 0) throw new CommandExit(1);
  });
}

function describeDifferences(differences: readonly UsageDifference[]): string {
  if (differences.length === 0) return 'The ledger, its sums and the reservations agree.\n';
  return differences
    .map(
      ({ of, name, expected, found }) =>
        `${toPlainText(of)}: ${name} is ${found}, and should be ${expected}.\n`,
    )
    .join('');
}

function toSpan({ from, to }: SpanFlags, fromDefaultMs: number, toDefaultMs: number) {
  const span = { fromMs: from ?? fromDefaultMs, toMs: to ?? toDefaultMs };
  if (span.fromMs < span.toMs) return span;
  throw new Error('The time given by --from must be before the one given by --to.');
}

async function withUsage(
  { openUsage }: UsageCommandOptions,
  use: (opened: OpenedUsage) => Promise<void>,
): Promise<void> {
  const opened = await openUsage();
  try {
    await use(opened);
  } finally {
    await opened.close();
  }
}
