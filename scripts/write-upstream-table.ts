import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withPresetSection } from './upstream-table.ts';

const path = join(import.meta.dirname, '..', 'docs', 'guides', 'upstreams.md');
writeFileSync(path, withPresetSection(readFileSync(path, 'utf8')));
