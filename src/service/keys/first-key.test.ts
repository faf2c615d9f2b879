import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createTemporaryFolder } from '../../../test/temporary-folder.ts';
import { createKeyFile } from '../../store/key-file.ts';
import { createSqlKeyStore } from '../../store/sql/sql-key-store.ts';
import { openDatabase } from '../../store/sqlite/open-database.ts';
import { createCheckSecret, createKeyId, createPlainKey } from './api-key.ts';
import { ensureFirstKey, readLocalKey } from './first-key.ts';
import { createKeyService } from './keys.ts';

async function openHome(home = createTemporaryFolder()) {
  const { queries, close } = await openDatabase(join(home, 'gravix.db'));
  onTestFinished(close);
  const store = createSqlKeyStore({ queries });
  const keyFile = createKeyFile(join(home, 'key'));
  const service = createKeyService({ store, environmentKey: undefined, now: Date.now });
  const start = (environmentKey?: string) =>
    ensureFirstKey({ store, keyFile, environmentKey, now: Date.now });
  return { home, store, keyFile, service, start };
}

describe('ensureFirstKey', () => {
  it('makes one key on a first start and none on a second', async () => {
    const { home, keyFile, service, start } = await openHome(join(createTemporaryFolder(), 'home'));
    const outcome = await start();
    const key = outcome.kind === 'created' ? outcome.key : '';
    expect(await service.verify(key)).toMatchObject({ name: 'first' });
    expect(readFileSync(keyFile.path, 'utf8')).toBe(`${key}\n`);
    expect((statSync(keyFile.path).mode & 0o777).toString(8)).toBe('600');
    expect(readdirSync(home).filter((name) => name.includes('key'))).toStrictEqual(['key']);
    expect(await start()).toStrictEqual({ kind: 'kept' });
    expect(await service.list()).toHaveLength(1);
  });

  it('makes none when the environment carries one', async () => {
    const { keyFile, service, start } = await openHome();
    expect(await start('from-the-environment')).toStrictEqual({ kind: 'environment' });
    expect(await service.list()).toStrictEqual([]);
    expect(await keyFile.read()).toBeUndefined();
  });

  it('accepts the key of the file again when the database was lost', async () => {
    const { home, start } = await openHome();
    const outcome = await start();
    const key = outcome.kind === 'created' ? outcome.key : '';
    for (const name of readdirSync(home).filter((file) => file.startsWith('gravix.db'))) {
      rmSync(join(home, name));
    }
    const again = await openHome(home);
    expect(await again.start()).toMatchObject({
      kind: 'restored',
      notice: expect.stringContaining('accepted again'),
    });
    expect(await again.service.verify(key)).toMatchObject({ name: 'first' });
    expect(await again.start()).toStrictEqual({ kind: 'kept' });
  });

  it('accepts a key of before there were checks, too', async () => {
    const { keyFile, service, start } = await openHome();
    const key = `gx-${'b'.repeat(43)}`;
    await keyFile.writeOnce(key);
    expect(await start()).toMatchObject({ kind: 'restored' });
    expect(await service.verify(key)).toMatchObject({ name: 'first', scopes: ['inference', 'admin'] });
  });

  it.each(['deleted', 'disabled', 'rotated'])('does not accept a key again that was %s', async (how) => {
    const { service, start } = await openHome();
    const outcome = await start();
    const key = outcome.kind === 'created' ? outcome.key : '';
    await service.create({ name: 'other', scopes: ['admin'] });
    const { id } = await service.find('first');
    if (how === 'deleted') await service.remove(id);
    else if (how === 'disabled') await service.update(id, { isDisabled: true });
    else await service.rotate(id, 0);
    const notice = expect.stringContaining(`is ${how}`);
    expect(await start()).toMatchObject({ kind: 'file-unusable', notice });
    expect(await service.verify(key)).toBeUndefined();
  });

  it('makes no new key when only the file is gone', async () => {
    const { keyFile, service, start } = await openHome();
    await start();
    rmSync(keyFile.path);
    expect(await start()).toMatchObject({
      kind: 'file-missing',
      notice: expect.stringContaining('gravix keys create'),
    });
    expect(await keyFile.read()).toBeUndefined();
    expect(await service.list()).toHaveLength(1);
  });

  it('does not undo a revocation', async () => {
    const { service, start } = await openHome();
    const outcome = await start();
    const key = outcome.kind === 'created' ? outcome.key : '';
    await service.create({ name: 'other', scopes: ['admin'] });
    await service.revoke('first');
    expect(await start()).toMatchObject({
      kind: 'file-unusable',
      notice: expect.stringContaining('is revoked'),
    });
    expect(await service.verify(key)).toBeUndefined();
  });

  it('does not accept a file that the store never knew', async () => {
    const { keyFile, service, start } = await openHome();
    await service.create({ name: 'other' });
    const key = createPlainKey(createKeyId(), createCheckSecret());
    await keyFile.writeOnce(key);
    expect(await start()).toMatchObject({
      kind: 'file-unusable',
      notice: expect.stringContaining('is unknown'),
    });
    expect(await service.verify(key)).toBeUndefined();
  });

  it.each(['', 'my-own-secret', 'gx-short'])('refuses a file that holds %j and keeps it', async (content) => {
    const { keyFile, service, start } = await openHome();
    writeFileSync(keyFile.path, content);
    await expect(start()).rejects.toMatchObject({ name: 'KeyServiceError', code: 'invalid_key_file' });
    expect(readFileSync(keyFile.path, 'utf8')).toBe(content);
    expect(await service.list()).toStrictEqual([]);
  });

  it('gives local commands the key of the environment first, then that of the file', async () => {
    const { keyFile, start } = await openHome();
    expect(await readLocalKey({ keyFile, environmentKey: undefined })).toBeUndefined();
    const outcome = await start();
    expect(outcome).toStrictEqual({
      kind: 'created',
      key: await readLocalKey({ keyFile, environmentKey: undefined }),
    });
    expect(await readLocalKey({ keyFile, environmentKey: 'mine' })).toBe('mine');
  });
});

describe('createKeyFile', () => {
  it('writes once: the second writer leaves the first key alone', async () => {
    const folder = createTemporaryFolder();
    const keyFile = createKeyFile(join(folder, 'key'));
    const keys = Array.from({ length: 10 }, () => createPlainKey(createKeyId(), createCheckSecret()));
    const written = await Promise.all(keys.map((key) => keyFile.writeOnce(key)));
    expect(written.filter(Boolean)).toHaveLength(1);
    expect(await keyFile.read()).toBe(keys[written.indexOf(true)]);
    expect(readdirSync(folder)).toStrictEqual(['key']);
  });

  it('takes a file that was made by hand from the eyes of others', async () => {
    const keyFile = createKeyFile(join(createTemporaryFolder(), 'key'));
    const key = createPlainKey(createKeyId(), createCheckSecret());
    writeFileSync(keyFile.path, `  ${key}\r\n`);
    chmodSync(keyFile.path, 0o644);
    expect(await keyFile.read()).toBe(key);
    expect((statSync(keyFile.path).mode & 0o777).toString(8)).toBe('600');
  });

  it('says what it can not use', async () => {
    const folder = createTemporaryFolder();
    mkdirSync(join(folder, 'folder'));
    writeFileSync(join(folder, 'large'), 'x'.repeat(1025));
    const failure = (name: string) =>
      createKeyFile(join(folder, name))
        .read()
        .catch((error: unknown) => error);
    expect(await failure('folder')).toMatchObject({
      name: 'StoreError',
      message: expect.stringContaining('folder'),
    });
    expect(await failure('large')).toMatchObject({ name: 'StoreError', code: 'corrupt' });
    const write = createKeyFile(join(folder, 'large', 'key')).writeOnce(
      createPlainKey(createKeyId(), createCheckSecret()),
    );
    await expect(write).rejects.toMatchObject({ name: 'StoreError', code: 'unavailable' });
  });
});
