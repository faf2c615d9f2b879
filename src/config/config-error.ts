/** An invalid setting. The message names the setting, its source and the valid values. */
export class ConfigError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ConfigError';
  }
}
