import type { ModelCapability } from './catalog-model.ts';

/** Sizes of a family that share all but their size. The first size, and of each size the first quantization, is its default. */
export interface ModelFamily {
  readonly name: string;
  readonly description: string;
  readonly license: string;
  /** Tokens that the models were trained for. */
  readonly contextLength?: number;
  readonly capabilities: readonly ModelCapability[];
  readonly sizes: readonly FamilySize[];
}

export interface FamilySize {
  /** As in the names, such as `8b`. */
  readonly size: string;
  /** Between size and quantization, such as `instruct`. */
  readonly variant?: string;
  readonly quantizations: readonly string[];
  readonly license?: string;
  readonly contextLength?: number;
  readonly capabilities?: readonly ModelCapability[];
  /**
   * Where Ollama's own file is one that llama.cpp does not load, because it holds what Ollama alone reads: a
   * repository of Hugging Face, and its file for each quantization.
   */
  readonly huggingFace?: { readonly repository: string; readonly files: Readonly<Record<string, string>> };
}

const usual = ['q4_K_M', 'q8_0', 'fp16'];
const instruct = (size: string): FamilySize => ({ size, variant: 'instruct', quantizations: usual });
const plain = (size: string): FamilySize => ({ size, quantizations: usual });
const distill = (size: string, base: string): FamilySize => ({
  size,
  variant: `${base}-distill`,
  quantizations: usual,
});

/** The files of ggml-org hold the text model alone; the image encoder lies in another. */
const gemma3 = (size: string, contextLength: number): FamilySize => ({
  size,
  variant: 'it',
  contextLength,
  quantizations: ['q4_K_M', 'q8_0', 'fp16'],
  huggingFace: {
    repository: `ggml-org/gemma-3-${size}-it-GGUF`,
    files: {
      q4_K_M: `gemma-3-${size}-it-Q4_K_M.gguf`,
      q8_0: `gemma-3-${size}-it-Q8_0.gguf`,
      fp16: `gemma-3-${size}-it-f16.gguf`,
    },
  },
});

export const modelFamilies: readonly ModelFamily[] = [
  {
    name: 'smollm2',
    description: 'SmolLM2, small English chat models by Hugging Face',
    license: 'Apache-2.0',
    contextLength: 8192,
    capabilities: ['chat'],
    sizes: [instruct('135m'), instruct('360m'), instruct('1.7b')],
  },
  {
    name: 'llama3.1',
    description: 'Llama 3.1 by Meta, in eight languages',
    license: 'Llama-3.1',
    contextLength: 131_072,
    capabilities: ['chat', 'tools'],
    sizes: [instruct('8b'), instruct('70b')],
  },
  {
    name: 'llama3.2',
    description: 'Llama 3.2 by Meta, small text models',
    license: 'Llama-3.2',
    contextLength: 131_072,
    capabilities: ['chat', 'tools'],
    sizes: [instruct('3b'), instruct('1b')],
  },
  {
    name: 'llama3.3',
    description: 'Llama 3.3 by Meta, in eight languages',
    license: 'Llama-3.3',
    contextLength: 131_072,
    capabilities: ['chat', 'tools'],
    sizes: [instruct('70b')],
  },
  {
    name: 'qwen2.5',
    description: 'Qwen2.5 by Alibaba, in 29 languages',
    license: 'Apache-2.0',
    contextLength: 32_768,
    capabilities: ['chat', 'tools'],
    sizes: [
      ...['7b', '0.5b', '1.5b', '14b', '32b'].map(instruct),
      { ...instruct('3b'), license: 'Qwen-Research' },
      { ...instruct('72b'), license: 'Qwen' },
    ],
  },
  {
    name: 'qwen2.5-coder',
    description: 'Qwen2.5-Coder by Alibaba, for writing and fixing code',
    license: 'Apache-2.0',
    contextLength: 32_768,
    capabilities: ['chat', 'tools'],
    sizes: [
      ...['7b', '0.5b', '1.5b', '14b', '32b'].map(instruct),
      { ...instruct('3b'), license: 'Qwen-Research' },
    ],
  },
  {
    name: 'qwen3',
    description: 'Qwen3 by Alibaba, which reasons before it answers unless reasoning is turned off',
    license: 'Apache-2.0',
    contextLength: 40_960,
    capabilities: ['chat', 'tools', 'reasoning'],
    sizes: [...['8b', '0.6b', '1.7b', '4b', '14b', '32b'].map(plain), { ...plain('30b'), variant: 'a3b' }],
  },
  {
    name: 'gemma3',
    description: 'Gemma 3 by Google; text only here',
    license: 'Gemma',
    capabilities: ['chat'],
    sizes: [gemma3('4b', 131_072), gemma3('1b', 32_768), gemma3('12b', 131_072), gemma3('27b', 131_072)],
  },
  {
    name: 'gemma2',
    description: 'Gemma 2 by Google',
    license: 'Gemma',
    contextLength: 8192,
    capabilities: ['chat'],
    sizes: [instruct('9b'), instruct('2b'), instruct('27b')],
  },
  {
    name: 'mistral',
    description: 'Mistral 7B Instruct v0.3 by Mistral AI',
    license: 'Apache-2.0',
    contextLength: 32_768,
    capabilities: ['chat', 'tools'],
    sizes: [{ size: '7b', variant: 'instruct-v0.3', quantizations: usual }],
  },
  {
    name: 'mistral-nemo',
    description: 'Mistral Nemo by Mistral AI and NVIDIA',
    license: 'Apache-2.0',
    capabilities: ['chat', 'tools'],
    sizes: [{ size: '12b', variant: 'instruct-2407', quantizations: usual }],
  },
  {
    name: 'mistral-small',
    description: 'Mistral Small 3 by Mistral AI',
    license: 'Apache-2.0',
    contextLength: 32_768,
    capabilities: ['chat', 'tools'],
    sizes: [{ size: '24b', variant: 'instruct-2501', quantizations: usual }],
  },
  {
    name: 'phi4-mini',
    description: 'Phi-4-mini by Microsoft',
    license: 'MIT',
    contextLength: 131_072,
    capabilities: ['chat', 'tools'],
    sizes: [plain('3.8b')],
  },
  {
    name: 'phi4',
    description: 'Phi-4 by Microsoft',
    license: 'MIT',
    contextLength: 16_384,
    capabilities: ['chat'],
    sizes: [plain('14b')],
  },
  {
    name: 'deepseek-r1',
    description: 'Models of Qwen and Llama that learned to think from DeepSeek-R1',
    license: 'MIT',
    contextLength: 131_072,
    capabilities: ['chat', 'reasoning'],
    sizes: [
      distill('7b', 'qwen'),
      distill('1.5b', 'qwen'),
      distill('8b', 'llama'),
      distill('14b', 'qwen'),
      distill('32b', 'qwen'),
      distill('70b', 'llama'),
    ],
  },
  {
    name: 'gpt-oss',
    description: 'gpt-oss by OpenAI, which thinks before it answers',
    license: 'Apache-2.0',
    contextLength: 131_072,
    capabilities: ['chat', 'tools', 'reasoning'],
    sizes: [
      {
        size: '20b',
        quantizations: ['mxfp4'],
        huggingFace: { repository: 'ggml-org/gpt-oss-20b-GGUF', files: { mxfp4: 'gpt-oss-20b-mxfp4.gguf' } },
      },
      {
        size: '120b',
        quantizations: ['mxfp4'],
        huggingFace: {
          repository: 'ggml-org/gpt-oss-120b-GGUF',
          files: { mxfp4: 'gpt-oss-120b-mxfp4-00001-of-00003.gguf' },
        },
      },
    ],
  },
  {
    name: 'olmo2',
    description: 'OLMo 2 by Ai2, open in data and training too',
    license: 'Apache-2.0',
    contextLength: 4096,
    capabilities: ['chat'],
    sizes: [
      { size: '7b', variant: '1124-instruct', quantizations: usual },
      { size: '13b', variant: '1124-instruct', quantizations: usual },
    ],
  },
  {
    name: 'nomic-embed-text',
    description: 'Nomic Embed v1.5, vectors of English texts',
    license: 'Apache-2.0',
    contextLength: 2048,
    capabilities: ['embeddings'],
    sizes: [{ size: '137m', variant: 'v1.5', quantizations: ['fp16'] }],
  },
  {
    name: 'all-minilm',
    description: 'all-MiniLM, small and quick vectors of English sentences',
    license: 'Apache-2.0',
    contextLength: 512,
    capabilities: ['embeddings'],
    sizes: [
      { size: '22m', variant: 'l6-v2', quantizations: ['fp16'] },
      { size: '33m', variant: 'l12-v2', quantizations: ['fp16'] },
    ],
  },
  {
    name: 'mxbai-embed-large',
    description: 'Vectors of English texts by Mixedbread',
    license: 'Apache-2.0',
    contextLength: 512,
    capabilities: ['embeddings'],
    sizes: [{ size: '335m', variant: 'v1', quantizations: ['fp16'] }],
  },
  {
    name: 'bge-m3',
    description: 'Vectors of texts in more than a hundred languages by BAAI',
    license: 'MIT',
    contextLength: 8192,
    capabilities: ['embeddings'],
    sizes: [{ size: '567m', quantizations: ['fp16'] }],
  },
];
