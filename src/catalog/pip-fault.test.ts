import { expect, test } from 'vitest';
import { describePipFault } from './pip-fault.ts';

test('the ERROR lines are chosen, without their mark', () => {
  const text = 'WARNING: old pip\nERROR: Could not find it\nERROR: No match\n\n[notice] a new release\n';
  expect(describePipFault(text)).toBe('Could not find it No match');
});

test('without ERROR lines the last ones are taken', () => {
  expect(describePipFault('Traceback:\n  File "/usr/lib/x.py", line 3\nzipfile.BadZipFile: not a zip')).toBe(
    'Traceback: File "(path)", line 3 zipfile.BadZipFile: not a zip',
  );
});

test('addresses, host names and paths are taken out', () => {
  const text =
    "ERROR: HTTPSConnectionPool(host='index.example', port=443): https://me:secret@index.example/simple and /home/me/x.whl, C:\\Users\\me, ~/x";
  const fault = describePipFault(text);
  expect(fault).toBe("HTTPSConnectionPool(host='(name)', port=443): (address) and (path) (path) (path)");
  expect(fault).not.toMatch(/secret|example|home|Users/);
});

test('it is bounded, and never empty', () => {
  expect(describePipFault(`ERROR: ${'long '.repeat(200)}`).length).toBe(300);
  expect(describePipFault('')).toBe('it gave no reason');
});
