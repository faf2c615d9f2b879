import { createStore } from './create-store.ts';

export interface Connection {
  /** Whether the last request got an answer. */
  readonly isUp: boolean;
  /** How often it came back while this page was open. */
  readonly returns: number;
}

export const connection = createStore<Connection>({ isUp: true, returns: 0 });

/** How often the server is asked whether it is there, in milliseconds. */
const askMs = 15_000;
const askMsWhileDown = 1500;

export function noteConnection(isUp: boolean): void {
  const { isUp: wasUp, returns } = connection.get();
  if (isUp !== wasUp) connection.set({ isUp, returns: returns + (isUp ? 1 : 0) });
}

/** Asks the server from time to time while the page is seen. @returns a function that ends it */
export function watchConnection(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const ask = async () => {
    if (document.visibilityState === 'visible') noteConnection(await isServerThere());
    timer = setTimeout(ask, connection.get().isUp ? askMs : askMsWhileDown);
  };
  const askNow = () => {
    clearTimeout(timer);
    void ask();
  };
  const stop = connection.subscribe(() => {
    if (!connection.get().isUp) askNow();
  });
  window.addEventListener('online', askNow);
  window.addEventListener('offline', askNow);
  timer = setTimeout(ask, askMs);
  return () => {
    clearTimeout(timer);
    stop();
    window.removeEventListener('online', askNow);
    window.removeEventListener('offline', askNow);
  };
}

async function isServerThere(): Promise<boolean> {
  if (!navigator.onLine) return false;
  try {
    return (await fetch('/health', { cache: 'no-store' })).ok;
  } catch {
    return false;
  }
}
