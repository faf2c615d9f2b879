import { readFileSync } from 'node:fs';

/** Descriptors that a server has open besides the connections of clients: files, pipes and connections to upstreams. */
const otherDescriptors = 128;

export interface FewDescriptors {
  readonly descriptorsMax: number;
  readonly connectionsMax: number;
}

/** Undefined: this process may open enough files for the connections of the settings. */
export function findFewDescriptors(
  { connectionsMax }: Pick<FewDescriptors, 'connectionsMax'>,
  descriptorsMax: number | undefined = readDescriptorsMax(),
): FewDescriptors | undefined {
  if (descriptorsMax === undefined || descriptorsMax >= connectionsMax + otherDescriptors) return undefined;
  return { descriptorsMax, connectionsMax };
}

/** How many files this process may have open; undefined: there is no limit, or the system does not say it. */
export function readDescriptorsMax(path = '/proc/self/limits'): number | undefined {
  try {
    const soft = /^Max open files\s+(\d+)/m.exec(readFileSync(path, 'utf8'))?.[1];
    return soft === undefined ? undefined : Number(soft);
  } catch {
    return undefined;
  }
}
