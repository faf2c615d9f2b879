import { randomUUID } from 'node:crypto';

/**
 * 32 hexadecimal digits with 122 random bits: those of any two differ, on any number of servers. Node makes them in blocks, so
 * one costs less than random bytes do.
 */
export function createRandomHex(): string {
  return randomUUID().replaceAll('-', '');
}
