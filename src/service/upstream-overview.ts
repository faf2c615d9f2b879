import type { PlaceState } from '../gateway/create-composite-backend.ts';

/** A remote server, or several of one kind. */
export interface ShownUpstream {
  readonly name: string;
  readonly kind: string;
  readonly mode: 'single' | 'router' | 'replicas';
  /** What it says of itself; undefined: nothing. */
  readonly version: string | undefined;
  readonly models: readonly string[] | undefined;
  readonly lastFailure: { readonly atMs: number; readonly reason: string } | undefined;
}

/** A place of a deployment, to which requests go. */
export interface ModelPlace extends PlaceState {
  readonly modelName: string;
}

export interface ShownTrial {
  readonly isHeld: boolean;
  readonly outcome: string;
  readonly problems: readonly string[];
  readonly elapsedMs: number;
  readonly requests: number;
}

export interface ShownDrill {
  readonly deployment: string;
  readonly model: string;
  readonly kind: string;
  readonly heldCount: number;
  readonly brokenCount: number;
  readonly faults: readonly {
    readonly fault: string;
    readonly plain?: ShownTrial;
    readonly streamed: ShownTrial;
  }[];
}

export interface UpstreamOverview {
  list(): { readonly upstreams: readonly ShownUpstream[]; readonly places: readonly ModelPlace[] };
  /** One at a time. Throws `DrillRefusal`. */
  drill(deployment: string, modelName: string | undefined): Promise<ShownDrill>;
}

/** A sentence for people. `unknown`: there is nothing of this name to drill. */
export class DrillRefusal extends Error {
  readonly kind: 'unknown' | 'busy';

  constructor(kind: DrillRefusal['kind'], message: string) {
    super(message);
    this.name = 'DrillRefusal';
    this.kind = kind;
  }
}
