import type { Budget, BudgetPeriod } from '../../store/key-policy.ts';

/** One period of a budget, such as November 2026 in Berlin. */
export interface PeriodSpan {
  /** The same for every moment of the period, and for no other one. */
  readonly name: string;
  /** Milliseconds since 1970; undefined: it never ends. */
  readonly endsAtMs: number | undefined;
}

interface CalendarDay {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
}

type Periodic = Pick<Budget, 'period' | 'timeZone'>;

/** The name of the period that this moment is in. Every request of a key with a budget asks for it. */
export function toPeriodName(
  { period, timeZone = 'UTC' }: Periodic,
  atMs: number,
  calendars = new Calendars(),
): string {
  if (period === 'total') return 'total';
  const { year, month, day } = toFirstDay(period, calendars.toDay(timeZone, atMs));
  const date = [year, month, day].map((part) => String(part).padStart(2, '0')).join('-');
  return `${period} ${date} ${timeZone}`;
}

/** The period that this moment is in, with its end, which takes a search in the calendar of the time zone. */
export function toPeriodSpan(budget: Periodic, atMs: number): PeriodSpan {
  const { period, timeZone = 'UTC' } = budget;
  const calendars = new Calendars();
  const name = toPeriodName(budget, atMs, calendars);
  if (period === 'total') return { name, endsAtMs: undefined };
  const first = toFirstDay(period, calendars.toDay(timeZone, atMs));
  return { name, endsAtMs: toStartMs(toNextFirstDay(period, first), timeZone, calendars) };
}

function toFirstDay(period: Exclude<BudgetPeriod, 'total'>, today: CalendarDay): CalendarDay {
  switch (period) {
    case 'day':
      return today;
    case 'week': {
      // Sunday is 0, and the seventh day of its week.
      const weekday = new Date(toUtcMs(today)).getUTCDay();
      return addDays(today, -((weekday + 6) % 7));
    }
    case 'month':
      return { ...today, day: 1 };
  }
}

function toNextFirstDay(period: Exclude<BudgetPeriod, 'total'>, first: CalendarDay): CalendarDay {
  switch (period) {
    case 'day':
      return addDays(first, 1);
    case 'week':
      return addDays(first, 7);
    case 'month':
      return first.month === 12
        ? { year: first.year + 1, month: 1, day: 1 }
        : { year: first.year, month: first.month + 1, day: 1 };
  }
}

function toUtcMs({ year, month, day }: CalendarDay): number {
  return Date.UTC(year, month - 1, day);
}

function addDays(from: CalendarDay, days: number): CalendarDay {
  const moved = new Date(toUtcMs(from) + days * dayMs);
  return { year: moved.getUTCFullYear(), month: moved.getUTCMonth() + 1, day: moved.getUTCDate() };
}

const dayMs = 86_400_000;

/** The first moment of a day in a time zone: clocks may be put forward or back on it. */
function toStartMs(day: CalendarDay, timeZone: string, calendars: Calendars): number {
  // No time zone is further than a day from UTC, and none changes by parts of a minute now.
  let before = toUtcMs(day) - dayMs;
  let after = toUtcMs(day) + dayMs;
  const isThere = (atMs: number) => toUtcMs(calendars.toDay(timeZone, atMs)) >= toUtcMs(day);
  while (after - before > 60_000) {
    const middle = before + Math.floor((after - before) / 120_000) * 60_000;
    if (isThere(middle)) after = middle;
    else before = middle;
  }
  return after;
}

/** Calendars in memory at most: one for each time zone of a budget. */
const calendarsMax = 100;

/** The calendars of time zones. They are kept, because it takes longer to make one than to use it many times. */
export class Calendars {
  readonly #formats = new Map<string, Intl.DateTimeFormat>();

  toDay(timeZone: string, atMs: number): CalendarDay {
    if (timeZone === 'UTC') {
      const date = new Date(atMs);
      return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
    }
    const parts = this.#find(timeZone).formatToParts(atMs);
    const read = (type: 'year' | 'month' | 'day') => Number(parts.find((part) => part.type === type)?.value);
    return { year: read('year'), month: read('month'), day: read('day') };
  }

  #find(timeZone: string): Intl.DateTimeFormat {
    const kept = this.#formats.get(timeZone);
    if (kept !== undefined) return kept;
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      calendar: 'gregory',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
    });
    if (this.#formats.size >= calendarsMax) this.#formats.clear();
    this.#formats.set(timeZone, format);
    return format;
  }
}
