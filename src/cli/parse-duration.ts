import { InvalidArgumentError } from 'commander';
import { toDurationMs } from './to-duration-ms.ts';

/** A duration of an option, in milliseconds. */
export function parseDuration(text: string): number {
  const durationMs = toDurationMs(text);
  if (durationMs === undefined) {
    throw new InvalidArgumentError(
      'Write a whole number and a unit, such as 90m, 12h, 30d, 2w or 1y; ten years at most.',
    );
  }
  return durationMs;
}
