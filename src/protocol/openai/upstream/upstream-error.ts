/** The upstream's answer breaks the form of its API: a chunk that is none, or an answer that is cut off. */
export class UpstreamFormatError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UpstreamFormatError';
  }
}

/** An error in the body of a 200, or in mid-stream. `readUpstreamFailure` says what it means. */
export class UpstreamFailure extends Error {
  /** The body, as it was parsed. */
  readonly body: unknown;

  constructor(body: unknown) {
    super('The upstream answered with an error.');
    this.name = 'UpstreamFailure';
    this.body = body;
  }
}
