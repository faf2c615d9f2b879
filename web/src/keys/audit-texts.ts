import { type AuditEntry, type Budget, type LimitName, limitNames } from '../api/key-wire.ts';
import { formatTime } from '../ui/format.ts';
import { toShortBudget, toShortLimits } from './limit-texts.ts';

export function toActorText({ type, id, name }: AuditEntry['actor']): string {
  switch (type) {
    case 'command_line':
      return `${name || id}, on the command line`;
    case 'environment':
      return 'The key of the environment';
    case 'server':
      return 'The server';
    default:
      return name === '' ? id : name;
  }
}

/** The new values of an entry, one a line. @param projectNames by id */
export function toChangeTexts(
  changes: AuditEntry['changes'],
  projectNames: ReadonlyMap<string, string>,
): readonly string[] {
  return Object.entries(changes).map(
    ([field, value]) => `${toWords(field)}: ${toValueText(field, value, projectNames)}`,
  );
}

function toValueText(field: string, value: unknown, projectNames: ReadonlyMap<string, string>): string {
  if (value === null || value === undefined) return 'none';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join(', ');
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (field === 'limits' && isLimits(value)) return toShortLimits(value).join(', ') || 'none';
  if (field === 'budget' && isBudget(value)) return toBudgetText(value);
  if (field === 'project' && typeof value === 'string') return projectNames.get(value) ?? value;
  if (typeof value === 'number' && /(_at|until)$/.test(field)) return formatTime(value);
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function toBudgetText(budget: Budget): string {
  const text = toShortBudget(budget);
  if (budget.override === null) return text;
  const raised = toShortBudget({
    ...budget,
    amount: budget.override.amount ?? budget.amount,
    tokens: budget.override.tokens ?? budget.tokens,
  });
  return `${text}, raised to ${raised} until ${formatTime(budget.override.until)}`;
}

function isLimits(value: unknown): value is Readonly<Record<LimitName, number | null>> {
  return typeof value === 'object' && value !== null && limitNames.every((name) => name in value);
}

function isBudget(value: unknown): value is Budget {
  return typeof value === 'object' && value !== null && 'period' in value;
}

function toWords(field: string): string {
  return field
    .replaceAll('_', ' ')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase();
}
