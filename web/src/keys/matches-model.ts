/** Whether one of the names or patterns with `*` is the model. @param patterns null: all models */
export function matchesModel(model: string, patterns: readonly string[] | null): boolean {
  if (patterns === null) return true;
  return patterns.some((pattern) => {
    const parts = pattern.split('*').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
    return new RegExp(`^${parts.join('[^]*')}$`).test(model);
  });
}
