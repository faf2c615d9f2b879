import type { Conversation } from './conversation.ts';

const databaseName = 'gravix';
const storeName = 'conversations';

/** The conversations of this browser: https://developer.mozilla.org/docs/Web/API/IndexedDB_API */
export function openDatabase(): Promise<IDBDatabase> {
  const opening = indexedDB.open(databaseName, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(storeName, { keyPath: 'id' });
  return toPromise(opening);
}

export function readAll(database: IDBDatabase): Promise<Conversation[]> {
  return toPromise<Conversation[]>(database.transaction(storeName).objectStore(storeName).getAll());
}

export async function put(database: IDBDatabase, conversation: Conversation): Promise<void> {
  await toPromise(database.transaction(storeName, 'readwrite').objectStore(storeName).put(conversation));
}

export async function remove(database: IDBDatabase, id: string): Promise<void> {
  await toPromise(database.transaction(storeName, 'readwrite').objectStore(storeName).delete(id));
}

function toPromise<Result>(request: IDBRequest<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () =>
      reject(request.error ?? new Error('The browser could not keep the conversation.'));
  });
}
