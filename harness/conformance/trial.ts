/**
 * A session on trial, and the few motions that backend checks are made of.
 *
 * @module
 */
import type {
  Awaitable,
  DecoderSession,
  DecoderStep,
  OpenOptions,
  Phase,
  Row,
} from "../contract/backend.ts";
import type { ModelInfo } from "../contract/model.ts";
import { SHARED_READOUT } from "../contract/signal.ts";

/** How far results may lie apart. */
export interface BackendTolerance {
  /**
   * Logits of the same backend, computed with other rows beside them or by other
   * calls: largest difference.
   */
  readonly rows: number;
  /** Logits and signals against the reference: largest difference relative to max(1, |value|). */
  readonly reference: number;
  /** A reduced signal against the value of the same backend's logits, likewise. */
  readonly signal: number;
}

/** A backend on one model. */
export interface BackendSetup {
  /** Opens a session. Every check opens its own. */
  open(options: OpenOptions): Promise<DecoderSession>;
  /** Opens the reference on the same model; absent where the backend is the reference. */
  reference?(options: OpenOptions): Promise<DecoderSession>;
  /** How far results may lie apart. */
  readonly tolerance: BackendTolerance;
}

/** A named check. `run` rejects with one sentence when the backend fails it. */
export interface BackendCheck {
  /** What must hold. */
  readonly name: string;
  /** Tries it. */
  run(setup: BackendSetup): Promise<void>;
}

/** Slots that a trial opens. */
export const TRIAL_SLOTS = 3;
/** Longest sequence of a trial, context permitting. */
export const TRIAL_CONTEXT = 12;

/** A session and its motions. */
export class Trial {
  /** The session. */
  readonly session: DecoderSession;
  /** Its model. */
  readonly model: ModelInfo;
  /** Number of blocks. */
  readonly layerCount: number;
  /** How far results may lie apart. */
  readonly tolerance: BackendTolerance;

  /** Wraps an opened session. */
  constructor(session: DecoderSession, tolerance: BackendTolerance) {
    this.session = session;
    this.model = session.model;
    this.layerCount = session.model.layerCount;
    this.tolerance = tolerance;
  }

  /** `count` token ids; another `salt` gives others, where the vocabulary has others. */
  tokens(count: number, salt = 0): readonly number[] {
    const { vocabSize } = this.model;
    return Array.from({ length: count }, (_, i) => (3 * i + (i >> 1) + 1 + salt) % vocabSize);
  }

  /** Rows of a slot from its committed length on. */
  rows(slot: number, tokens: readonly number[], phase: Phase = "prompt"): readonly Row[] {
    const start = this.session.length(slot);
    return tokens.map((token, i) => ({ slot, position: start + i, token, phase }));
  }

  /** All blocks on some rows. */
  runAll(step: DecoderStep, rows?: ArrayLike<number>): void {
    step.run({ from: 0, to: this.layerCount }, "block", rows);
  }

  /** A copy of the logits of some rows, one array each. */
  async logits(step: DecoderStep, rows?: ArrayLike<number>): Promise<Float32Array[]> {
    const all = Float32Array.from(await step.readLogits(SHARED_READOUT, rows));
    const { vocabSize } = this.model;
    return Array.from(
      { length: rows?.length ?? step.rowCount },
      (_, i) => all.slice(i * vocabSize, (i + 1) * vocabSize),
    );
  }

  /** Decodes tokens at full depth in one step and gives their logits. */
  async decode(slot: number, tokens: readonly number[]): Promise<Float32Array[]> {
    const step = this.session.begin(this.rows(slot, tokens));
    this.runAll(step);
    const logits = await this.logits(step);
    step.commit();
    return logits;
  }

  /** Decodes tokens at full depth, one step each. */
  async decodeOneByOne(slot: number, tokens: readonly number[]): Promise<Float32Array[]> {
    const logits: Float32Array[] = [];
    for (const token of tokens) logits.push(...await this.decode(slot, [token]));
    return logits;
  }
}

/** Opens a session for one check and closes it. */
export async function onTrial(
  setup: BackendSetup,
  body: (trial: Trial) => Awaitable<void>,
): Promise<void> {
  await openedBy(setup.open.bind(setup), setup, body);
}

/** The same for backend and reference side by side; does nothing without a reference. */
export async function besideReference(
  setup: BackendSetup,
  body: (trial: Trial, reference: Trial) => Awaitable<void>,
): Promise<void> {
  const open = setup.reference?.bind(setup);
  if (open === undefined) return;
  await onTrial(
    setup,
    (trial) => openedBy(open, setup, (reference) => body(trial, reference)),
  );
}

async function openedBy(
  open: BackendSetup["open"],
  { tolerance }: BackendSetup,
  body: (trial: Trial) => Awaitable<void>,
): Promise<void> {
  const session = await open({ slots: TRIAL_SLOTS, context: TRIAL_CONTEXT, exact: true });
  try {
    await body(new Trial(session, tolerance));
  } finally {
    session.close();
  }
}

/** Throws when two lists of numbers differ by more than `tolerance`, or hold NaN. */
export function expectClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  { tolerance, what, relative = false }: {
    readonly tolerance: number;
    readonly what: string;
    readonly relative?: boolean;
  },
): void {
  if (actual.length !== expected.length) {
    throw new Error(
      `Expected ${expected.length} values of ${what}: current length is ${actual.length}`,
    );
  }
  for (let i = 0; i < expected.length; i++) {
    const a = actual[i]!;
    const b = expected[i]!;
    if (a === b) continue; // infinities too
    const scale = relative ? Math.max(1, Math.abs(b)) : 1;
    if (!(Math.abs(a - b) <= tolerance * scale)) {
      throw new Error(
        `Expected ${what} within ${tolerance} of ${b} at index ${i}: current value is ${a}`,
      );
    }
  }
}

/** Throws when two lists of logits are alike although something must have changed them. */
export function expectDifferent(
  actual: ArrayLike<number>,
  other: ArrayLike<number>,
  what: string,
): void {
  for (let i = 0; i < other.length; i++) if (actual[i] !== other[i]) return;
  throw new Error(`Expected ${what} to change the logits: they are equal`);
}

/** Throws when `body` does not. */
export async function expectRefusal(
  what: string,
  body: () => unknown,
): Promise<void> {
  try {
    await body();
  } catch (error) {
    if (error instanceof Error) return;
    throw new Error(`Expected ${what} to throw an Error: it threw something else`);
  }
  throw new Error(`Expected ${what} to be refused: it went through`);
}

/** Throws when something is not so. */
export function expect(holds: boolean, what: string): void {
  if (!holds) throw new Error(`Expected ${what}`);
}
