import { formatRelativeTime, formatTime } from './format.ts';

export interface TimeProps {
  /** Null: `none` stands in its place. */
  readonly unixSeconds: number | null;
  readonly none?: string;
}

/** A time as its distance from now; the time itself is its title. */
export function Time({ unixSeconds, none = '–' }: TimeProps) {
  if (unixSeconds === null) return <span className="muted time-none">{none}</span>;
  return (
    <time dateTime={new Date(unixSeconds * 1000).toISOString()} title={formatTime(unixSeconds)}>
      {formatRelativeTime(unixSeconds)}
    </time>
  );
}
