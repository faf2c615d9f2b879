/** A setting that can't be used; the message says which, where it came from and what it may be. */
export class ConfigError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ConfigError';
  }
}
