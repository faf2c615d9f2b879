import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createTemporaryFolder } from '../../../test/temporary-folder.ts';
import type { ClientFile } from './client.ts';
import { planFileChange, writeFileChange } from './client-file-change.ts';

const nowMs = Date.UTC(2026, 0, 2, 3, 4, 5);

function toFile(path: string): ClientFile {
  return { path, format: 'json', changes: [{ path: ['b'], value: 2 }] };
}

it('writes a new file and its folders, without a copy', async () => {
  const path = join(createTemporaryFolder(), 'a', 'b', 'settings.json');
  const change = await planFileChange(toFile(path));
  expect(change).toEqual({ path, before: undefined, after: '{\n  "b": 2\n}\n' });
  expect(await writeFileChange(change, nowMs)).toEqual({ path, backupPath: undefined });
  expect(readFileSync(path, 'utf8')).toBe(change.after);
});

it('keeps a copy, the permissions and a link', async () => {
  const folder = createTemporaryFolder();
  const target = join(folder, 'dotfiles', 'settings.json');
  mkdirSync(join(folder, 'dotfiles'));
  writeFileSync(target, '{"a":1}');
  chmodSync(target, 0o600);
  const path = join(folder, 'settings.json');
  symlinkSync(target, path);
  const { backupPath } = await writeFileChange(await planFileChange(toFile(path)), nowMs);
  expect(backupPath).toBe(`${path}.20260102T030405000Z.bak`);
  expect(readFileSync(backupPath ?? '', 'utf8')).toBe('{"a":1}');
  expect(readlinkSync(path)).toBe(target);
  expect(JSON.parse(readFileSync(target, 'utf8'))).toEqual({ a: 1, b: 2 });
  expect(statSync(target).mode & 0o777).toBe(0o600);
  expect(readdirSync(join(folder, 'dotfiles'))).toEqual(['settings.json']);
});

it('does not write over what was changed in the meantime', async () => {
  const path = join(createTemporaryFolder(), 'settings.json');
  const asNew = await planFileChange(toFile(path));
  writeFileSync(path, '{}');
  await expect(writeFileChange(asNew, nowMs)).rejects.toThrow(/changed in the meantime/);
  const asOld = await planFileChange(toFile(path));
  writeFileSync(path, '{ }');
  await expect(writeFileChange(asOld, nowMs)).rejects.toThrow(/changed in the meantime/);
  expect(readFileSync(path, 'utf8')).toBe('{ }');
});

it('refuses a broken file, a folder, and bytes that are no text', async () => {
  const folder = createTemporaryFolder();
  const broken = join(folder, 'broken.json');
  writeFileSync(broken, '{"a"');
  await expect(planFileChange(toFile(broken))).rejects.toThrow(
    `Can't change ${broken}: it is not valid JSON (line 1: ColonExpected). Nothing was written.`,
  );
  await expect(planFileChange(toFile(folder))).rejects.toThrow(`Can't read ${folder}: `);
  writeFileSync(broken, Buffer.from([0xff, 0xfe, 0x00]));
  await expect(planFileChange(toFile(broken))).rejects.toThrow(`Can't read ${broken}: `);
  expect(readFileSync(broken)).toEqual(Buffer.from([0xff, 0xfe, 0x00]));
});
