import { Network } from 'lucide-react';
import { CodeBlock } from '../ui/code-block.tsx';
import { EmptyState } from '../ui/empty-state.tsx';

const sample = `upstreams:
  gpu1: { kind: vllm, baseUrl: "http://127.0.0.1:8000/v1", apiKeyEnv: GPU1_KEY }
models:
  - name: llama3.1:8b-instruct-fp16
    deployments: [{ upstream: gpu1, model: meta-llama/Llama-3.1-8B-Instruct }]`;

/** What to do so that there is something to see. */
export function NoUpstreams() {
  return (
    <div className="upstreams-none">
      <EmptyState icon={<Network aria-hidden="true" />} title="There is no upstream yet">
        An upstream is another server, such as vLLM, Ollama or OpenAI. Its models are served with the keys,
        limits and budgets of this server. Name it in <code>config.yaml</code> and start the server again. The
        guide <code>docs/guides/upstreams.md</code> explains each field.
      </EmptyState>
      <CodeBlock code={sample} title="config.yaml" />
    </div>
  );
}
