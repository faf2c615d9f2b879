import { open } from 'node:fs/promises';

/** Whether a file starts with the GGUF magic. The rest is checked at installation. */
export async function isGgufFile(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 0);
    return buffer.toString('latin1') === 'GGUF';
  } finally {
    await file.close();
  }
}
