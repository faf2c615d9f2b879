import type { Backend } from '../backend/backend.ts';
import type { BackendCapabilities } from '../backend/backend-capabilities.ts';

/** One of the places where a public model is served. A composite backend chooses among them for each request. */
export interface Deployment {
  /** Unique within its model; goes out as `servedBy` of the events. */
  readonly name: string;
  /** The lowest comes first; the next one is asked where no deployment of this one can take a request. */
  readonly priority: number;
  /** Share of the requests among deployments of the same priority, 0 or more; 0: only where no other can take them. */
  readonly weight: number;
  /** Requests at once, 1 or more; undefined: no limit here. */
  readonly requestsMax: number | undefined;
  /**
   * `single`: one place. `router`: one address that balances by itself, so its refusals for load go to the client at once.
   * `replicas`: several places that serve the same, of which conversations keep one.
   */
  readonly mode: 'single' | 'router' | 'replicas';
  /**
   * The places as they are now. A backend that is left out is closed when its last request has ended, so an address that
   * returns later needs a new one.
   */
  replicas(): readonly Replica[];
  /** Of every replica. Absent: as the first replica has them, so they must be given where there may be none at first. */
  readonly capabilities?: BackendCapabilities | undefined;
  /**
   * Least tokens per second of an answer that nothing was sent of. A slower one is begun again at another deployment, if
   * one can take it. Undefined: any speed.
   */
  readonly tokensPerSecondMin?: number | undefined;
  /**
   * Most milliseconds until the first token, as the backend predicts it. Beyond that the next deployment takes the
   * request, if one can. Undefined: no limit.
   */
  readonly spillOverMs?: number | undefined;
  /**
   * Most milliseconds until the first token has come. Beyond that the request is begun again at another deployment, if one
   * can take it. Undefined: no limit.
   */
  readonly firstTokenMs?: number | undefined;
}

/** One place of a deployment: the embedded engine, or an address of a remote server. */
export interface Replica {
  /** Unique in its deployment, and the same for as long as the place is the same: conversations keep their place by it. */
  readonly name: string;
  readonly backend: Backend;
}
