import { open } from 'node:fs/promises';

/** Whether a file begins as every GGUF file does; the rest is looked at when it is installed. */
export async function isGgufFile(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 0);
    return buffer.toString('latin1') === 'GGUF';
  } finally {
    await file.close();
  }
}
