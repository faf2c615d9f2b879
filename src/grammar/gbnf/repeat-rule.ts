import { repetitionsMax } from './grammar-limits.ts';
import type { GrammarWriter } from './grammar-writer.ts';

/** `rule{min,max}` in pieces that llama.cpp accepts, so that only a few of them are open at a time. */
export function repeatRule(rule: string, min: number, max: number): string {
  const parts: string[] = [];
  let left = min;
  for (; left > repetitionsMax; left -= repetitionsMax) parts.push(`${rule}{${repetitionsMax}}`);
  if (left > 0) parts.push(`${rule}{${left}}`);
  if (max === Number.POSITIVE_INFINITY) return [...parts, `${rule}*`].join(' ');
  let optional = max - min;
  const tail: string[] = [];
  for (; optional > repetitionsMax; optional -= repetitionsMax) {
    tail.push(`(${rule}{0,${repetitionsMax - 1}} | ${rule}{${repetitionsMax}} `);
  }
  const last = optional > 0 ? `${rule}{0,${optional}}` : '';
  return [...parts, `${tail.join('')}${last}${')'.repeat(tail.length)}`].join(' ').trim();
}

/** Repetitions that are counted one by one: as many rules in llama.cpp. */
const singlesMax = 256;

/**
 * Repeats a rule up to `max` times, or a few times less, for our own bounds of up to tens of thousands. The
 * count is split into blocks of its square root and single items. llama.cpp stores that in three times the
 * square root of rules and follows it with two stacks, so 10,000 are as fast to open and to sample as 200. Up
 * to 256 the count is exact.
 */
export function repeatUpTo(writer: GrammarWriter, rule: string, max: number): string {
  if (max <= singlesMax) return `${rule}{0,${max}}`;
  const length = Math.min(repetitionsMax, Math.ceil(Math.sqrt(max + 1)));
  const blocks = Math.min(repetitionsMax, Math.floor((max + 1) / length) - 1);
  return `${writer.add(`${rule}{${length}}`)}{0,${blocks}} ${rule}{0,${length - 1}}`;
}
