// Whose machine time it is. Requests that a model works for at the same time share that time equally, so that the shares of
// all requests together are the time in which the model worked.

export interface MachineTime {
  /** The model begins to work for a request. */
  enter(deploymentName: string): MachineShare;
}

/** What one generation has of the time of its model. */
export interface MachineShare {
  /** So far, in milliseconds; final once it has left. */
  ms(): number;
  /** The work is over. Only the first call counts. */
  leave(): void;
}

/** @param now a clock that never goes back, in milliseconds */
export function createMachineTime(now: () => number): MachineTime {
  const machines = new Map<string, Machine>();
  return {
    enter(deploymentName) {
      const machine = machines.get(deploymentName) ?? new Machine(now);
      machines.set(deploymentName, machine);
      return machine.enter(() => machines.delete(deploymentName));
    },
  };
}

/** A clock that runs as fast as one request is served: with three requests at a time, at a third of the speed. */
class Machine {
  readonly #now: () => number;
  #running = 0;
  #servedMs = 0;
  #atMs: number;

  constructor(now: () => number) {
    this.#now = now;
    this.#atMs = now();
  }

  /** @param onIdle called when no request is left */
  enter(onIdle: () => void): MachineShare {
    const startMs = this.#read();
    this.#running += 1;
    let endMs: number | undefined;
    return {
      ms: () => (endMs ?? this.#read()) - startMs,
      leave: () => {
        if (endMs !== undefined) return;
        endMs = this.#read();
        this.#running -= 1;
        if (this.#running === 0) onIdle();
      },
    };
  }

  #read(): number {
    const nowMs = this.#now();
    if (this.#running > 0) this.#servedMs += (nowMs - this.#atMs) / this.#running;
    this.#atMs = nowMs;
    return this.#servedMs;
  }
}
