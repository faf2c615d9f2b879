/** Lets one piece of work in after the other, in the order in which they come. */
export class Turns {
  #last: Promise<void> = Promise.resolve();

  run<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(work);
    this.#last = result.then(ignore, ignore);
    return result;
  }

  /** Resolves with a function that ends the turn, for a turn that outlasts `work`. If `work` fails, the turn is over. */
  async begin(work: () => Promise<unknown>): Promise<() => void> {
    const previous = this.#last;
    let end = () => {};
    this.#last = new Promise((resolve) => {
      end = resolve;
    });
    await previous;
    try {
      await work();
      return end;
    } catch (error) {
      end();
      throw error;
    }
  }
}

function ignore(): void {}
