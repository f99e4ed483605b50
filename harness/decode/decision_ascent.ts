/**
 * Rows under decisions at heights, from signals read there.
 *
 * @module
 */
import type { DecoderStep, Span } from "../contract/backend.ts";
import type { Action } from "../contract/policy.ts";
import { type HiddenMark, partName, type VocabularySubset } from "../contract/signal.ts";
import type { BoundDecisions } from "./bound_policy.ts";
import type { Climber } from "./climber.ts";
import type { AscentParts } from "./plan_ascent.ts";
import { credit, markExits, rowsOf, runParts, runSpan } from "./row_runner.ts";
import { type HeightMarks, type MarkNeeds, markNeeds, readDeclared } from "./signal_plan.ts";

/** Rows by what happens to them at a height. */
interface Decided {
  readonly staying: readonly Climber[];
  readonly skipping: readonly Climber[];
  readonly attending: readonly Climber[];
  readonly feeding: readonly Climber[];
  readonly repeating: readonly Climber[];
}

/** Whether a row is still asked about. */
function isDecided({ fullDepth, exitMark, stopped }: Climber): boolean {
  return !fullDepth && exitMark === undefined && !stopped;
}

/** Asks and acts. */
export class DecisionAscent {
  readonly #bound: BoundDecisions;
  readonly #parts: AscentParts;
  readonly #layerCount: number;
  readonly #needs: MarkNeeds;

  /** For one sequence. */
  constructor(bound: BoundDecisions, parts: AscentParts) {
    this.#bound = bound;
    this.#parts = parts;
    this.#layerCount = bound.point.model.layerCount;
    this.#needs = markNeeds(bound.signals);
  }

  /** Runs the rows up. */
  async climb(step: DecoderStep, climbers: readonly Climber[]): Promise<void> {
    this.#parts.memory.startToken();
    for (const row of climbers) row.blocksRun = 0;
    const embedding = this.#needs.embedding ? step.mark() : undefined;
    let previousCheck = embedding;
    /** State before the last block that ran. */
    let below: HiddenMark | undefined;
    /** Tokens that later readouts are over. */
    let vocabulary: VocabularySubset | undefined;
    let alive = climbers;
    let height = 0;
    for (const asked of this.#bound.heights) {
      if (this.#needs.previousBlock && asked > height) {
        this.#run(step, alive, { from: height, to: asked - 1 });
        below = step.mark(rowsOf(alive));
        height = asked - 1;
      }
      this.#run(step, alive, { from: height, to: asked });
      const marks: HeightMarks = {
        height: asked,
        previousBlock: asked > 0 ? below : undefined,
        previousCheck: asked > 0 ? previousCheck : undefined,
        embedding: asked > 0 ? embedding : undefined,
      };
      const deciding = alive.filter(isDecided);
      const read = readDeclared(step, {
        signals: this.#bound.signals,
        marks,
        rows: rowsOf(deciding),
        vocabulary,
      });
      const values = "then" in read ? await read : read;
      const actions = this.#decide(deciding, { asked, values });
      if (this.#needs.previousCheck) previousCheck = step.mark();
      alive = this.#leave(step, alive, { actions, asked, vocabulary });
      if (alive.length === 0) return;
      vocabulary ??= this.#choose(step, { asked, alive });
      if (this.#needs.previousBlock) below = step.mark(rowsOf(alive));
      this.#runDecided(step, asked, this.#sort(alive, actions));
      height = asked + 1;
    }
    this.#run(step, alive, { from: height, to: this.#layerCount });
  }

  /** The tokens that rows keep from here on, where this height chooses them. */
  #choose(
    step: DecoderStep,
    { asked, alive }: { readonly asked: number; readonly alive: readonly Climber[] },
  ): VocabularySubset | undefined {
    const { kept } = this.#bound;
    if (kept === undefined || asked < kept.from) return undefined;
    const rows = rowsOf(alive.filter(isDecided));
    if (rows.length === 0) return undefined;
    const head = partName(kept.chooser.head, { ...kept.chooser, height: asked });
    return step.selectVocabulary({ head }, kept.k, rows);
  }

  #run(step: DecoderStep, alive: readonly Climber[], span: Span): void {
    credit(alive, Math.max(0, span.to - span.from));
    runSpan(step, rowsOf(alive), { span, companions: this.#parts.companions });
  }

  /** The actions of the rows that are still being decided. */
  #decide(
    deciding: readonly Climber[],
    { asked, values }: { readonly asked: number; readonly values: Float64Array },
  ): ReadonlyMap<Climber, Action> {
    const actions = new Map<Climber, Action>();
    const { signals } = this.#bound;
    const { point, memory, companions } = this.#parts;
    deciding.forEach((row, r) => {
      point.moveTo(row, asked, signals);
      signals.forEach(({ name }, i) => point.signals[name] = values[r * signals.length + i]!);
      if (row.watched) {
        row.reading = { height: asked, values: signals.map(({ name }) => point.signals[name]!) };
      }
      point.state = memory.current;
      const action = this.#bound.decide(point);
      actions.set(row, action);
      memory.tell(() => ({
        kind: "decision",
        height: asked,
        action,
        signals: { ...point.signals },
      }));
      if (action === "exit" && companions !== undefined && memory.observesRecomputed) {
        memory.exited(row.position, { exitHeight: asked, signals: { ...point.signals } });
      }
    });
    return actions;
  }

  /** Exits and stops; returns the rows that go on. */
  #leave(
    step: DecoderStep,
    alive: readonly Climber[],
    { actions, asked, vocabulary }: {
      readonly actions: ReadonlyMap<Climber, Action>;
      readonly asked: number;
      readonly vocabulary: VocabularySubset | undefined;
    },
  ): readonly Climber[] {
    const leaving = alive.filter((row) => actions.get(row) === "exit");
    for (const row of leaving) {
      row.exitHeight = asked;
      row.head = this.#bound.headAt(asked);
      row.vocabulary = vocabulary;
    }
    for (const row of alive) if (actions.get(row) === "stop") row.stopped = true;
    if (leaving.length === 0) return alive;
    const { fill } = this.#bound;
    if (fill !== "recompute") {
      step.fillKv({ from: asked, to: this.#layerCount }, fill, rowsOf(leaving));
    } else if (this.#parts.companions === undefined) {
      markExits(step, leaving); // read out here; the row goes on to make its entries exact
      return alive;
    }
    return alive.filter((row) => !leaving.includes(row));
  }

  #sort(alive: readonly Climber[], actions: ReadonlyMap<Climber, Action>): Decided {
    const is = (row: Climber, ...wanted: Action[]) => wanted.includes(actions.get(row) ?? "run");
    return {
      staying: alive,
      skipping: alive.filter((row) => is(row, "skip", "mlp")),
      attending: alive.filter((row) => !is(row, "skip", "mlp")),
      feeding: alive.filter((row) => !is(row, "skip", "attention")),
      repeating: alive.filter((row) => is(row, "repeat")),
    };
  }

  /** Runs block `block` as decided. */
  #runDecided(step: DecoderStep, block: number, rows: Decided): void {
    const { skipping, attending, feeding, repeating } = rows;
    const { fill } = this.#bound;
    if (attending.length === rows.staying.length && feeding.length === rows.staying.length) {
      this.#run(step, rows.staying, { from: block, to: block + 1 });
    } else {
      if (fill === "recompute") {
        throw new RangeError(
          `Cannot cross policy "${this.#bound.name}" with KV fill "recompute": only exits can be recomputed, it skips blocks in the middle: use project or hole`,
        );
      }
      step.fillKv(block, fill, rowsOf(skipping));
      credit(attending, 0.5);
      credit(feeding, 0.5);
      runParts(step, { block, attending: rowsOf(attending), feeding: rowsOf(feeding) });
    }
    if (repeating.length === 0) return;
    credit(repeating, 1);
    step.run(block, "block", rowsOf(repeating), 1);
  }
}
