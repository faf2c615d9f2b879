import { join } from 'node:path';
import type { Config } from '../config/config.ts';

/** Holds keys and stored answers. */
export function toDatabasePath(config: Pick<Config, 'home'>): string {
  return join(config.home, 'gravix.db');
}
