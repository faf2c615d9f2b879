/** Bytes of one picture. The server refuses larger requests anyway. */
const imageBytesMax = 6 * 1024 * 1024;

/** The pictures as `data:` addresses. @throws {Error} with a sentence for the reader */
export function readImages(files: readonly File[]): Promise<readonly string[]> {
  return Promise.all(files.map(readImage));
}

function readImage(file: File): Promise<string> {
  if (!file.type.startsWith('image/')) return Promise.reject(new Error(`${file.name} is no picture.`));
  if (file.size > imageBytesMax) return Promise.reject(new Error(`${file.name} is larger than 6 MB.`));
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(new Error(`${file.name} can't be read.`));
    reader.readAsDataURL(file);
  });
}
