/** Ends a command that has already said what there was to say, with this exit code. */
export class CommandExit extends Error {
  readonly exitCode: number;

  constructor(exitCode: number) {
    super(`The command ended with the exit code ${exitCode}.`);
    this.name = 'CommandExit';
    this.exitCode = exitCode;
  }
}
