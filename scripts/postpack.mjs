// What `npm pack` runs at its end: the clone's own files come back.
import { restoreKept } from './kept-files.mjs';

restoreKept();
