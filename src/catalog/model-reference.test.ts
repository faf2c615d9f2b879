import { expect, test } from 'vitest';
import { ModelReferenceError, parseModelReference } from './model-reference.ts';

const huggingFace = { kind: 'huggingface', repository: 'some/Repo-GGUF', revision: 'main' };
const ollama = { kind: 'ollama', namespace: 'library', model: 'llama3.2', tag: 'latest' };

test.each([
  ['llama3.1:8b-instruct-fp16', { kind: 'catalog', name: 'llama3.1:8b-instruct-fp16' }],
  ['smollm2', { kind: 'catalog', name: 'smollm2' }],
  ['hf:some/Repo-GGUF', huggingFace],
  ['hf:some/Repo-GGUF:Q4_K_M', { ...huggingFace, quantization: 'Q4_K_M' }],
  ['hf:some/Repo-GGUF/sub folder/a.gguf', { ...huggingFace, file: 'sub folder/a.gguf' }],
  ['hf:some/Repo-GGUF@v1.0/a.gguf', { ...huggingFace, revision: 'v1.0', file: 'a.gguf' }],
  ['hf:some/Repo-GGUF@v1.0:Q8_0', { ...huggingFace, revision: 'v1.0', quantization: 'Q8_0' }],
  ['ollama:llama3.2', { ...ollama, name: 'ollama:llama3.2:latest' }],
  ['ollama:llama3.2:1b', { ...ollama, name: 'ollama:llama3.2:1b', tag: '1b' }],
  ['ollama:me/mine:1b', { kind: 'ollama', namespace: 'me', model: 'mine', tag: '1b' }],
  ['ollama:hf.co/me/mine:Q4_0', { kind: 'ollama', host: 'hf.co', namespace: 'me', tag: 'Q4_0' }],
  ['https://host/a/Tiny%20Model.Q4_1.gguf?x=1', { kind: 'url', name: 'tiny-model.q4_1' }],
  ['./models/Tiny.gguf', { kind: 'file', name: 'tiny', path: './models/Tiny.gguf' }],
  ['/models/tiny', { kind: 'file', name: 'tiny', path: '/models/tiny' }],
  ['tiny.gguf', { kind: 'file', name: 'tiny' }],
])('%s', (text, expected) => {
  expect(parseModelReference(text)).toMatchObject(expected);
});

test.each([
  ['', 'is empty'],
  ['x'.repeat(1_001), 'more than 1000 characters'],
  ['hf:alone', 'write hf:owner/repository/file.gguf'],
  ['hf:../x/a.gguf', 'write hf:owner/repository/file.gguf'],
  ['hf:a/b/../c.gguf', 'the path of a .gguf file'],
  ['hf:a/b/c.safetensors', 'the path of a .gguf file'],
  ['hf:a/b:Q4/K', 'the path of a .gguf file'],
  ['hf:a/b:', 'a quantization, such as Q4_K_M'],
  ['hf:a/b@', 'a branch, a tag or a commit'],
  ['ollama:', 'write ollama:name:tag'],
  ['ollama:a/b/c/d', 'write ollama:name:tag'],
  ['ollama:../x', 'write ollama:name:tag'],
  ['ollama:ho st/a/b', 'not a host'],
  ['ftp://host/a', 'starts with http:// or https://'],
  ['http://[', 'address is not valid'],
  ['two words', 'write a name from the catalogue'],
])('%j is refused with a reason', (text, reason) => {
  expect(() => parseModelReference(text)).toThrow(ModelReferenceError);
  expect(() => parseModelReference(text)).toThrow(reason);
});
