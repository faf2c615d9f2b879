import { randomInt } from 'node:crypto';
import { mapExactNumbers } from '../../../json/map-exact-numbers.ts';
import type { NativeTemplate } from '../model/binding.ts';

/** Of 15 digits, which templates write as they are. */
const standInMin = 100_000_000_000_000;

/**
 * Templates get JavaScript's values, whose numbers can't be exact beyond 2^53: a number of 15 random digits stands for each
 * such number, and gives way to it in the rendered text.
 */
export function renderExactNumbers(native: NativeTemplate, variables: Record<string, unknown>): string {
  const texts = new Map<string, string>();
  const standIns = mapExactNumbers(variables, ({ text }) => {
    const standIn = standInMin + randomInt(2 ** 48 - 1);
    texts.set(String(standIn), text);
    return standIn;
  });
  if (texts.size === 0) return native.render(variables);
  const rendered = native.render(standIns as Record<string, unknown>);
  return rendered.replace(/\d{15}/g, (digits) => texts.get(digits) ?? digits);
}
