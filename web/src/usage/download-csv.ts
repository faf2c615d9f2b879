import { sendRequest } from '../api/client.ts';
import { saveFile } from '../ui/save-file.ts';
import { type RequestFilter, toRequestLogPath } from './request-log-query.ts';

/** Rows that one file of this page has at most: the browser holds all of it. `gravix usage export` has no such limit. */
const rowsMax = 100_000;
const pageRows = 10_000;

/** Saves the requests that the filter finds, the latest first. @throws {ApiError | ConnectionError} */
export async function downloadCsv(filter: RequestFilter): Promise<void> {
  const parts: string[] = [];
  const url = new URL(toRequestLogPath(filter), window.location.origin);
  url.searchParams.set('format', 'csv');
  while (parts.length * pageRows < rowsMax) {
    const response = await sendRequest(url.pathname + url.search);
    const text = await response.text();
    // Only the first part has names of columns.
    parts.push(parts.length === 0 ? text : text.slice(text.indexOf('\n') + 1));
    const next = response.headers.get('x-next-after');
    if (next === null) break;
    url.searchParams.set('after', next);
  }
  saveFile(new Blob(parts, { type: 'text/csv' }), 'requests.csv');
}
