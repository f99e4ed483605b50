/**
 * Worker threads of a module with shared memory. They live while sessions use them.
 *
 * @module
 */

/** What workers are started from. */
export interface WorkerSource {
  /** The module's glue. */
  readonly library: Pick<
    typeof import("../../wasm/lib/relaxed_threads.js"),
    "stop_workers" | "start_workers"
  >;
  /** Name of the module in wasm/lib. */
  readonly name: string;
  /** Its code. */
  readonly module: WebAssembly.Module;
  /** Its memory. */
  readonly memory: WebAssembly.Memory;
}

/** Starts workers when sessions ask for them and ends them with the last session. */
export class WorkerPool {
  readonly #source: WorkerSource;
  readonly #workers: { readonly worker: Worker; readonly ready: Promise<void> }[] = [];
  #users = 0;

  /** No worker is started yet. */
  constructor(source: WorkerSource) {
    this.#source = source;
  }

  /** Waits until `threads` threads, the caller included, can take part. */
  async enter(threads: number): Promise<void> {
    this.#users++;
    if (this.#workers.length === 0) this.#source.library.start_workers();
    while (this.#workers.length < threads - 1) this.#workers.push(this.#start());
    await Promise.all(this.#workers.map(({ ready }) => ready));
  }

  /** Says that a session is done; the last one ends the workers. */
  leave(): void {
    this.#users--;
    if (this.#users > 0) return;
    this.#source.library.stop_workers();
    for (const { worker } of this.#workers) worker.terminate();
    this.#workers.length = 0;
  }

  #start(): { worker: Worker; ready: Promise<void> } {
    const { name, module, memory } = this.#source;
    const worker = new Worker(new URL("../../wasm/lib/worker.js", import.meta.url), {
      type: "module",
    });
    const ready = new Promise<void>((resolve, reject) => {
      worker.onmessage = () => resolve();
      worker.onerror = (event) => {
        event.preventDefault();
        reject(new Error(`Cannot start a worker thread: ${event.message}`));
      };
    });
    worker.postMessage({ library: `./${name}.js`, module, memory });
    return { worker, ready };
  }
}
