import { createStore } from './create-store.ts';

/** Where the key of this tab is: no longer than the tab, and out of reach of other origins. */
const storageName = 'gravix.key';

/** The key that every request sends. Undefined: nobody is signed in. */
export const sessionKey = createStore<string | undefined>(sessionStorage.getItem(storageName) ?? undefined);

/** Tabs of this console ask each other for the key when they open. Other origins do not hear it. */
const tabs = new BroadcastChannel('gravix.tabs');

/** How long a new tab waits for an answer of another one, in milliseconds. */
const askMsMax = 250;

type TabMessage = { readonly type: 'ask' } | { readonly type: 'key'; readonly key: string | undefined };

export function signIn(key: string): void {
  keep(key);
  tabs.postMessage({ type: 'key', key } satisfies TabMessage);
}

/** Signs out all tabs of this browser. */
export function signOut(): void {
  keep(undefined);
  tabs.postMessage({ type: 'key', key: undefined } satisfies TabMessage);
}

/** Forgets the key in this tab only: the server has refused it. */
export function dropKey(): void {
  keep(undefined);
}

/** Starts to answer other tabs, and asks them for the key if this one has none. */
export async function joinTabs(): Promise<void> {
  tabs.addEventListener('message', ({ data: message }: MessageEvent<TabMessage>) => {
    if (message.type === 'key') keep(message.key);
    else if (sessionKey.get() !== undefined) {
      tabs.postMessage({ type: 'key', key: sessionKey.get() } satisfies TabMessage);
    }
  });
  if (sessionKey.get() !== undefined) return;
  tabs.postMessage({ type: 'ask' } satisfies TabMessage);
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, askMsMax);
    const stop = sessionKey.subscribe(() => {
      clearTimeout(timer);
      stop();
      resolve();
    });
  });
}

function keep(key: string | undefined): void {
  if (key === undefined) sessionStorage.removeItem(storageName);
  else sessionStorage.setItem(storageName, key);
  sessionKey.set(key);
}
