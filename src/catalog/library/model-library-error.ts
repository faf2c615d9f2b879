/** An installed model's file is gone or no longer what it was. The message names the way out. */
export class ModelLibraryError extends Error {
  constructor(name: string, fault: string, cause?: unknown) {
    super(`The model ${name} is damaged: ${fault}. Run \`gravix pull ${name} --force\` to pull it again.`, {
      cause,
    });
    this.name = 'ModelLibraryError';
  }
}

/** A name that no installed model has. */
export class ModelNotInstalledError extends Error {
  constructor(name: string, installed: readonly string[]) {
    const known =
      installed.length === 0 ? 'None is installed.' : `Installed models: ${installed.join(', ')}.`;
    super(`There is no installed model ${name}. ${known}`);
    this.name = 'ModelNotInstalledError';
  }
}

/** An install or a removal that could not be done, through no fault of a model. */
export class LibraryChangeError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'LibraryChangeError';
  }
}
