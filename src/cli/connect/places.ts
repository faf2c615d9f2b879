import { join } from 'node:path';
import type { ClientPlaces } from './client.ts';

/** The folder of configurations by the XDG rules, which many clients also follow on macOS. */
export function toConfigFolder({ home, environment }: ClientPlaces): string {
  return environment['XDG_CONFIG_HOME'] || join(home, '.config');
}

/** Where Windows keeps the settings of programs. */
export function toRoamingFolder({ home, environment }: ClientPlaces): string {
  return environment['APPDATA'] || join(home, 'AppData', 'Roaming');
}

/** The folder in a variable of the client, or else a folder in the home of the user. */
export function toOwnFolder({ home, environment }: ClientPlaces, variable: string, name: string): string {
  return environment[variable] || join(home, name);
}
