import type { SignInLinks } from '../../service/console/sign-in-links.ts';
import type { ConsoleFiles } from './console-files.ts';

/** The console: its files, and the links by which the person at the server's terminal signs in. */
export interface Console {
  readonly files: ConsoleFiles;
  readonly links: SignInLinks;
}
