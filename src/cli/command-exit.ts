/** Ends a command with this exit code. The command has already printed its messages. */
export class CommandExit extends Error {
  readonly exitCode: number;

  constructor(exitCode: number) {
    super(`The command ended with the exit code ${exitCode}.`);
    this.name = 'CommandExit';
    this.exitCode = exitCode;
  }
}
