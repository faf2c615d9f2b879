/** The names of sampling parameters that a deployment may lack, at every endpoint that has them. */
export const samplingParams = {
  topK: 'top_k',
  minP: 'min_p',
  repetitionPenalty: 'repetition_penalty',
} as const;
