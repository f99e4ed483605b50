/**
 * Progress on stderr with rate and remaining time: one line that rewrites
 * itself on a terminal, plain lines at most every five seconds elsewhere.
 *
 * @module
 */
import { format } from "@std/fmt/duration";
import type { ProgressLine } from "./command.ts";
import { oneLine } from "./terminal_text.ts";

/** How far a run is. */
export interface RunProgress {
  /** Units done. */
  readonly done: number;
  /** Units in all. */
  readonly total: number;
  /** What is being done. */
  readonly what: string;
}

/** Where and when progress is written. */
export interface ProgressOptions {
  /** Whether the line may rewrite itself. */
  readonly terminal: boolean;
  /** Columns of the terminal. */
  readonly columns: number;
  /** Monotonic time in ms. */
  now(): number;
  /** Writes to stderr. */
  write(text: string): void;
}

/** Shortest time between two updates, ms: on a terminal, elsewhere. */
const EVERY_MS = { terminal: 100, plain: 5000 } as const;

/**
 * `12/40 copy · calm 30 % · 2.5/s · 11s left`. Units done before the first
 * update (a resumed run) do not count towards the rate.
 */
export function progressText(
  { done, total, what }: RunProgress,
  since: { readonly done: number; readonly elapsedMs: number },
): string {
  const percent = total === 0 ? 100 : Math.floor(100 * done / total);
  const parts = [`${done}/${total} ${oneLine(what)}`, `${percent} %`];
  const perMs = since.elapsedMs > 0 ? (done - since.done) / since.elapsedMs : 0;
  if (perMs > 0) {
    const seconds = Math.ceil((total - done) / perMs / 1000);
    parts.push(`${(1000 * perMs).toPrecision(2)}/s`);
    parts.push(`${seconds === 0 ? "0s" : format(1000 * seconds, { ignoreZero: true })} left`);
  }
  return parts.join(" · ");
}

/** Starts a progress line. */
export function startProgress(options: ProgressOptions): ProgressLine {
  const { terminal, now, write } = options;
  const every = terminal ? EVERY_MS.terminal : EVERY_MS.plain;
  const start = now();
  let first: number | undefined;
  let last = terminal ? -Infinity : start;
  let isShown = false;
  return {
    update(progress: RunProgress): void {
      first ??= progress.done;
      const time = now();
      if (time - last < every) return;
      last = time;
      const text = progressText(progress, { done: first, elapsedMs: time - start });
      write(terminal ? `\r\x1b[K${[...text].slice(0, options.columns - 1).join("")}` : `${text}\n`);
      isShown = true;
    },
    end(): void {
      if (terminal && isShown) write("\r\x1b[K");
    },
  };
}
