// The only file that touches node-llama-cpp, and the only one that may use its internal members.
//
// The binding's own `evaluate()` holds a lock from the first queued decode to the last, so that every erase and
// every cancel waits for all streams. We drive the native context below it instead: one `decodeBatch` for each
// step of our scheduler, and between two steps the context belongs to us. node-llama-cpp is pinned to an exact
// version, and binding.model.test.ts fails when one of the internal members changes its shape.
import {
  GgufInsights,
  getLlama,
  type Llama,
  type LlamaContext,
  LlamaLogLevel,
  type LlamaModel,
  readGgufFileInfo,
} from 'node-llama-cpp';
import type { GpuKind } from '../../engine-options.ts';

/** The members of the native model that we use. Source: node-llama-cpp, dist/bindings/AddonTypes.d.ts. */
export interface NativeModel {
  tokenize(text: string, specialTokens: boolean): Uint32Array;
  detokenize(tokens: Uint32Array, specialTokens: boolean): string;
  tokenBos(): number;
  tokenEos(): number;
  getTokenString(token: number): string | undefined;
  getTokenAttributes(token: number): number;
  getVocabularyType(): number;
  isEogToken(token: number): boolean;
  shouldPrependBosToken(): boolean;
  shouldAppendEosToken(): boolean;
  sepToken(): number;
  /** Of a text whose middle is missing; -1 where the model has none. */
  prefixToken(): number;
  suffixToken(): number;
  middleToken(): number;
}

/** The members of the native context that we use. All but the two async ones run at once. */
export interface NativeContext {
  initBatch(tokens: number): void;
  addToBatch(sequence: number, position: number, tokens: Uint32Array, logitIndexes: Uint32Array): Uint32Array;
  decodeBatch(): Promise<void>;
  sampleToken(logitIndex: number, sampler: NativeSampler): Promise<number>;
  /** The same, and what it says of the logits that are left at the end of the sampler's chain. */
  sampleToken(
    logitIndex: number,
    sampler: NativeSampler,
    probabilities: false,
    confidence: false,
    logits: NativeLogitQuestion,
    totalWeight: boolean,
  ): Promise<NativeSample>;
  removeTokenCellsFromSequence(sequence: number, start: number, end: number): boolean;
  disposeSequence(sequence: number): void;
  copySequenceStateFromOtherSequence(target: number, source: number): Promise<number>;
  /** For sequence 0, which was decoded last. */
  getEmbedding(tokens: number): Float64Array;
  getThreads(): number;
  setThreads(threads: number): void;
}

/** With `top` above 0 the candidates are sorted first: cheap only where few are left. */
export type NativeLogitQuestion = readonly [
  tokens: readonly number[],
  highest: false,
  lowest: false,
  selected: boolean,
  top: number,
];

/** Holes where nothing was asked for. */
export type NativeSample = readonly [
  token: number,
  probabilities: undefined,
  confidence: undefined,
  /** Token, logit, token, logit and so on; the highest logit first. */
  logits: readonly number[] | undefined,
  /** The sum of exp(logit - highest logit). */
  totalWeight: number | undefined,
];

export interface NativeSampler {
  /** Omitted options are off. */
  applyConfig(config: NativeSamplerConfig): void;
  dispose(): void;
}

interface NativeSamplerConfig {
  readonly temperature: number;
  readonly seed: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly minP?: number;
  readonly repeatPenalty?: number;
  readonly repeatPenaltyPresencePenalty?: number;
  readonly repeatPenaltyFrequencyPenalty?: number;
  readonly repeatPenaltyMaxTokens?: number;
  readonly repeatPenaltyTokens?: Uint32Array;
  readonly grammarEvaluationState?: NativeGrammarState;
  readonly tokenBiasKeys?: Uint32Array;
  readonly tokenBiasValues?: Float32Array;
}

/** Omitted options are off, because the native chain would spend time on them. */
export interface SamplerConfig {
  /** 0 is greedy. */
  readonly temperature: number;
  /** 32 bits, and not llama.cpp's word for "choose one yourself". */
  readonly seed: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly minP?: number;
  readonly penalties?: SamplerPenalties;
  /** Token ids, all inside the vocabulary, with the values that are added to their logits. */
  readonly biases?: ReadonlyMap<number, number>;
  /** Never drawn. */
  readonly barredTokens?: Uint32Array;
  readonly grammar?: SamplerGrammar;
}

/** Over the tokens that the sampler has drawn since it was configured. */
export interface SamplerPenalties {
  readonly repetition: number;
  readonly presence: number;
  readonly frequency: number;
  /** The number of last tokens that count. */
  readonly tokensMax: number;
  /** Tokens that count although another configuration drew them. Default: none. */
  readonly drawnTokens?: Uint32Array;
}

/** The constraint of a sampler. */
export interface SamplerGrammar {
  /** Where in the grammar the output is; the sampler moves it on with every token that is no end token. */
  readonly state: NativeGrammarState;
  /** Never drawn: the grammar knows their text, and the output would not have it. */
  readonly refusedTokens: Uint32Array;
}

/** One pass through a grammar. Its memory is given back when it is collected, some time after its last use. */
export type NativeGrammarState = object & { readonly __nativeGrammarState: never };

interface NativeGrammar {
  isTextCompatible(text: string): boolean;
}

/** A sampler for one request after the other: each has memory for the whole vocabulary, so it is made once a slot. */
export interface SlotSampler {
  readonly native: NativeSampler;
  /** Starts over, even if the seed is the same as in the previous request. */
  configure(config: SamplerConfig): void;
  /** Lets go of the grammar of the request that ended. */
  releaseGrammar(): void;
}

export interface NativeTemplate {
  render(variables: Record<string, unknown>): string;
}

interface NativeBindings {
  AddonSampler: {
    new (model: NativeModel): NativeSampler;
    canBeNextTokenForGrammarEvaluationState(state: NativeGrammarState, token: number): boolean;
    acceptGrammarEvaluationStateToken(state: NativeGrammarState, token: number): void;
  };
  AddonGrammar: new (text: string, options: { addonExports: object; rootRuleName: string }) => NativeGrammar;
  AddonGrammarEvaluationState: new (model: NativeModel, grammar: NativeGrammar) => NativeGrammarState;
  AddonJinjaRenderer: new (template: string) => NativeTemplate;
}

/** The native library, ready to load models or to render templates without one. */
export interface Binding {
  readonly release: string;
  readonly systemInfo: string;
  readonly mathCores: number;
  compileTemplate(text: string): NativeTemplate;
  loadModel(modelPath: string): Promise<BoundModel>;
  /** Which texts match the whole grammar; throws when it does not parse. No model is needed. */
  matchTexts(grammar: string, texts: readonly string[]): boolean[];
  /** Reads the head of a model file and loads nothing of it into memory. */
  measureModel(modelPath: string): Promise<MeasuredModel>;
}

/** The memory that a model needs. */
export interface ModelMeasures {
  readonly trainContextLength: number;
  /** Bytes of memory that such a context needs. */
  estimateContextBytes(options: BoundContextOptions): Promise<number>;
}

export interface MeasuredModel extends ModelMeasures {
  /** Bytes of memory for the model itself. */
  readonly modelBytes: number;
}

export interface BoundModel extends ModelMeasures {
  readonly native: NativeModel;
  readonly vocabularySize: number;
  readonly chatTemplate: string | undefined;
  createSampler(): SlotSampler;
  /** At the beginning of a grammar whose root rule is `root`; throws when it does not parse. */
  openGrammar(text: string): NativeGrammarState;
  /** Whether the token may come next; an end token may where the grammar is complete. */
  isAllowed(state: NativeGrammarState, token: number): boolean;
  /** Moves the state on; false where the token may not come next. */
  acceptToken(state: NativeGrammarState, token: number): boolean;
  createContext(options: BoundContextOptions): Promise<NativeContext>;
  /** The model pools its tokens into one vector: it is made for embeddings. */
  readonly isForEmbeddings: boolean;
}

export interface BoundContextOptions {
  readonly sequences: number;
  readonly contextLength: number;
  readonly batchTokensMax: number;
  readonly flashAttention: boolean;
  readonly threads: number;
  /** Its one sequence yields a vector of the whole batch. */
  readonly isForEmbeddings?: boolean;
}

/** @throws when the binary for this GPU is not installed, or does not run here. */
export async function openBinding(gpu?: GpuKind): Promise<Binding> {
  const llama = await openLlama(gpu);
  const native = (llama as unknown as { _bindings: NativeBindings })._bindings;
  return {
    release: llama.llamaCppRelease.release,
    systemInfo: llama.systemInfo,
    mathCores: llama.cpuMathCores,
    compileTemplate: (text) => new native.AddonJinjaRenderer(text),
    matchTexts: (text, texts) => {
      const grammar = parseGrammar(native, text);
      return texts.map((candidate) => grammar.isTextCompatible(candidate));
    },
    loadModel: async (modelPath) =>
      bindModel(llama, native, { modelPath, gpuLayers: gpu === undefined ? 0 : 'max' }),
    measureModel: async (modelPath) => measureModel(llama, modelPath),
  };
}

async function openLlama(gpu: GpuKind | undefined): Promise<Llama> {
  // Apple Silicon has one binary, Metal's, which computes on the CPU where no layer is on the GPU.
  const isAppleSilicon = process.platform === 'darwin' && process.arch === 'arm64';
  try {
    const llama = await getLlama({
      gpu: gpu ?? (isAppleSilicon ? 'metal' : false),
      build: 'never',
      skipDownload: true,
      progressLogs: false,
      logLevel: LlamaLogLevel.error,
      maxThreads: 0,
    });
    // Where a platform has no such kind, the binding takes what it likes.
    if (gpu === undefined || llama.gpu === gpu) return llama;
  } catch (error) {
    if (gpu === undefined) throw error;
  }
  throw new Error(`No ${gpu} binary runs here. \`gravix gpu\` reports whether one can be installed.`);
}

function parseGrammar(bindings: NativeBindings, text: string): NativeGrammar {
  return new bindings.AddonGrammar(text, { addonExports: bindings, rootRuleName: 'root' });
}

async function bindModel(
  llama: Llama,
  bindings: NativeBindings,
  options: { readonly modelPath: string; readonly gpuLayers: 0 | 'max' },
): Promise<BoundModel> {
  const model = await llama.loadModel(options);
  const native = (model as unknown as { _model: NativeModel })._model;
  return {
    native,
    vocabularySize: model.fileInfo.metadata.tokenizer.ggml.tokens.length,
    trainContextLength: model.trainContextSize,
    chatTemplate: model.fileInfo.metadata.tokenizer.chat_template,
    createSampler: () => createSlotSampler(new bindings.AddonSampler(native)),
    openGrammar: (text) => new bindings.AddonGrammarEvaluationState(native, parseGrammar(bindings, text)),
    acceptToken: (state, token) => {
      const isAllowed = bindings.AddonSampler.canBeNextTokenForGrammarEvaluationState(state, token);
      if (isAllowed) {
        bindings.AddonSampler.acceptGrammarEvaluationStateToken(state, token);
      }
      return isAllowed;
    },
    isAllowed: (state, token) => bindings.AddonSampler.canBeNextTokenForGrammarEvaluationState(state, token),
    createContext: async (options) => bindContext(model, options),
    estimateContextBytes: (options) => estimateContextBytes(model.fileInsights, options),
    isForEmbeddings: poolsTokens(model),
  };
}

/** llama.cpp's kinds of pooling that make one vector: mean, first token, last token. Source: llama.h, llama_pooling_type. */
const vectorPoolings: readonly unknown[] = [1, 2, 3];

function poolsTokens({ fileInfo }: LlamaModel): boolean {
  const { metadata } = fileInfo;
  const own: Readonly<Record<string, unknown>> = { ...metadata[metadata.general.architecture] };
  return vectorPoolings.includes(own['pooling_type']);
}

function createSlotSampler(native: NativeSampler): SlotSampler {
  return {
    native,
    configure: (config) => {
      const nativeConfig = toNativeConfig(config);
      // The binding makes a new random generator only for another seed than the last.
      native.applyConfig({ ...nativeConfig, seed: (config.seed ^ 1) >>> 0 });
      native.applyConfig(nativeConfig);
    },
    releaseGrammar: () => native.applyConfig({ temperature: 0, seed: 0 }),
  };
}

function toNativeConfig(samplerConfig: SamplerConfig): NativeSamplerConfig {
  const { penalties, biases, barredTokens = new Uint32Array(), grammar, ...config } = samplerConfig;
  const refused = grammar?.refusedTokens ?? new Uint32Array();
  return {
    ...config,
    ...(penalties === undefined ? {} : toNativePenalties(penalties)),
    ...toNativeBiases(biases, Uint32Array.from([...barredTokens, ...refused])),
    ...(grammar === undefined ? {} : { grammarEvaluationState: grammar.state }),
  };
}

/** The native sampler records each token that it samples, as long as it is not configured again. */
function toNativePenalties(penalties: SamplerPenalties): Partial<NativeSamplerConfig> {
  return {
    repeatPenalty: penalties.repetition,
    repeatPenaltyPresencePenalty: penalties.presence,
    repeatPenaltyFrequencyPenalty: penalties.frequency,
    repeatPenaltyMaxTokens: penalties.tokensMax,
    repeatPenaltyTokens: penalties.drawnTokens ?? new Uint32Array(),
  };
}

/** A token that is refused stays so, whatever its bias. */
function toNativeBiases(
  biases: ReadonlyMap<number, number> = new Map(),
  refused: Uint32Array,
): Partial<NativeSamplerConfig> {
  if (biases.size + refused.length === 0) {
    return {};
  }
  return {
    tokenBiasKeys: Uint32Array.from([...biases.keys(), ...refused]),
    tokenBiasValues: Float32Array.from([...biases.values(), ...refused.map(() => 0)]).fill(
      Number.NEGATIVE_INFINITY,
      biases.size,
    ),
  };
}

async function measureModel(llama: Llama, modelPath: string): Promise<MeasuredModel> {
  const file = await readGgufFileInfo(modelPath, { sourceType: 'filesystem', logWarnings: false });
  const insights = await GgufInsights.from(file, llama);
  const trainContextLength = insights.trainContextSize;
  if (trainContextLength === undefined) {
    throw new Error('The model file does not say how long a context it was trained with.');
  }
  const { cpuRam } = await insights.estimateModelResourceRequirementsV2({ gpuLayers: 0 });
  return {
    modelBytes: cpuRam,
    trainContextLength,
    estimateContextBytes: (options) => estimateContextBytes(insights, options),
  };
}

async function estimateContextBytes(insights: GgufInsights, options: BoundContextOptions): Promise<number> {
  const { cpuRam } = await insights.estimateContextResourceRequirementsV2({
    contextSize: options.contextLength,
    sequences: options.sequences,
    batchSize: options.batchTokensMax,
    modelGpuLayers: 0,
    flashAttention: options.flashAttention,
    swaFullCache: true,
    isEmbeddingContext: options.isForEmbeddings === true,
  });
  return cpuRam;
}

async function bindContext(model: LlamaModel, options: BoundContextOptions): Promise<NativeContext> {
  const context: LlamaContext = await model.createContext({
    sequences: options.sequences,
    contextSize: options.contextLength,
    batchSize: options.batchTokensMax,
    flashAttention: options.flashAttention,
    threads: options.threads,
    // With a partial sliding window, a sequence can't be cut back, and every next turn would start over.
    swaFullCache: true,
    failedCreationRemedy: false,
    ignoreMemorySafetyChecks: true,
    ...(options.isForEmbeddings === true ? { _embeddings: true } : {}),
  });
  return (context as unknown as { _ctx: NativeContext })._ctx;
}
