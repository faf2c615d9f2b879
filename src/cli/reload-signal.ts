/** A wish for a reload that may come before there is a server. */
export interface ReloadSignal {
  ask(): void;
  /** Calls back for each wish, also for one that came before. */
  listen(reload: () => void): void;
}

export function createReloadSignal(): ReloadSignal {
  let reload: (() => void) | undefined;
  let wasAsked = false;
  return {
    ask: () => {
      if (reload === undefined) wasAsked = true;
      else reload();
    },
    listen: (callback) => {
      reload = callback;
      if (wasAsked) callback();
    },
  };
}
