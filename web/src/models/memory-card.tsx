import type { ModelMemory } from '../api/model-wire.ts';
import { formatBytes } from '../ui/format.ts';
import { Meter } from '../ui/meter.tsx';

/** What the models in memory take, and what they may. */
export function MemoryCard({ memory }: { readonly memory: ModelMemory }) {
  const { limit_bytes: limit, used_bytes: used, machine_free_bytes: free } = memory;
  return (
    <section className="memory-card" aria-label="Memory for models">
      <p>
        <strong>≈ {formatBytes(used)}</strong> of {formatBytes(limit)} that models may have
      </p>
      <Meter label="Memory of the loaded models" used={used} limit={limit} />
      <p className="muted">
        {memory.loaded_models} of at most {memory.loaded_models_max} models loaded. {formatBytes(free)} of
        this machine are free.
      </p>
    </section>
  );
}
