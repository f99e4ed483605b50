/**
 * DEL against every fixed height and draft length: `deno task evidence:del_sweep`.
 *
 *     tokens per layer = Σ tokens / Σ (drafted · height + L)        over rounds
 *
 * in which the head is free, as in the paper, and
 *
 *     tokens per cost  = Σ tokens / Σ (drafted · (height + h) + L + h + shadow · h)
 *
 * in which a readout costs h blocks and shadow readouts are paid. No clock is read.
 * Exits with 1 when DEL stays below 0.9 of the best fixed pair's tokens per layer.
 *
 * Source: Entezari Zarch et al. 2025, arXiv:2504.05598, shape 1 of its card.
 *
 * @module
 */
// deno-lint-ignore-file no-console
import { readArguments } from "../cli/arguments.ts";
import type { Command, Io } from "../cli/command.ts";
import { loadModel } from "../cli/model_files.ts";
import { planNamed } from "../cli/trace_plan.ts";
import type { ModelInfo } from "../harness/contract/model.ts";
import type { DraftRound } from "../harness/contract/round_record.ts";
import { memoryStore } from "../harness/memory_store.ts";
import { runPlan } from "../harness/runner.ts";
import { positiveInteger } from "./bench_flags.ts";
import { figure, markdownTable, percent } from "./markdown_table.ts";

/** Where the evidence goes. */
const EVIDENCE = "benches/evidence/del_sweep.md";
/** Draft lengths of the fixed pairs. */
const LENGTHS = [1, 2, 4, 6];

const COMMAND: Command = {
  name: "del_sweep",
  summary: "DEL against every fixed height and draft length",
  usage: "del_sweep [--model tiny_exit]",
  flags: {
    model: { kind: "text", value: "<model>", help: "Name or path; default tiny_exit" },
    suite: { kind: "text", value: "<a,b>", help: "Default copy,recall,arithmetic,mixed" },
    limit: { kind: "number", value: "<n>", help: "Prompts per suite; default 16" },
    out: { kind: "text", value: "<file.md>", help: `Default ${EVIDENCE}` },
  },
  positional: { least: 0, most: 0 },
  async run({ flags }, io): Promise<number> {
    const model = flags.text("model") ?? "tiny_exit";
    const suites = (flags.text("suite") ?? "copy,recall,arithmetic,mixed").split(",");
    const limit = positiveInteger("limit", flags.number("limit") ?? 16);
    const { info } = (await loadModel(model)).checkpoint;
    const exits = Array.from({ length: info.layerCount - 1 }, (_, i) => i + 1);
    const fixed = exits.flatMap((exit) =>
      LENGTHS.map((draft) => `layer_skip(exit=${exit},draft=${draft})`)
    );
    const h = headBlocks(info);
    const priced = `del(draft=6,headLayers=${figure(h, 2)})`;
    const rounds = await roundsOf(
      { model, suites, limit, specs: [...fixed, "del(draft=6)", priced] },
      io,
    );
    const rows = [...rounds].map(([label, list]) => {
      const tokens = list.reduce((sum, { emitted }) => sum + emitted, 0);
      const shadow = label.startsWith("del") ? exits.length : 0;
      return {
        label,
        perLayer: tokens / loadsOf(list, { info, h: 0, shadow: 0 }) * info.layerCount,
        perCost: tokens / loadsOf(list, { info, h, shadow }) * (info.layerCount + h),
        accepted: list.reduce((sum, { accepted }) => sum + accepted, 0) /
          list.reduce((sum, { drafted }) => sum + drafted, 0),
      };
    });
    const pairs = rows.filter(({ label }) => !label.startsWith("del"));
    const best = (of: (row: typeof pairs[number]) => number) =>
      pairs.reduce((a, b) => of(b) > of(a) ? b : a);
    const [byLayer, byCost] = [best((row) => row.perLayer), best((row) => row.perCost)];
    const dels = rows.filter(({ label }) => label.startsWith("del"));
    const share = Math.max(...dels.map(({ perLayer }) => perLayer)) / byLayer.perLayer;
    const shown = [byLayer, ...byCost === byLayer ? [] : [byCost], ...dels];
    const text = [
      "# DEL against every fixed pair",
      "",
      "Made by `deno task evidence:del_sweep`. No clock is read: the figures are counts.",
      "",
      `- Model ${info.name}, ${info.digest}, backend wasm`,
      `- Prompts: split test of ${suites.join(", ")}, at most ${limit} each`,
      `- Fixed pairs: heights ${exits[0]} to ${exits.at(-1)} × draft lengths ${LENGTHS.join(", ")}`,
      `- A readout costs ${figure(h)} blocks (multiply-accumulates)`,
      "- Ratios to full depth: with a free head, as in the paper, and with head and shadow readouts paid",
      "",
      `DEL reaches ${
        percent(share)
      } of the best fixed pair's tokens per layer: the bar of 95 % is ` +
      `${share >= 0.95 ? "met" : "missed"}.`,
      "",
      markdownTable(
        ["policy", "tokens per layer ×", "tokens per cost ×", "accepted"],
        shown.map(({ label, perLayer, perCost, accepted }) => [
          label,
          figure(perLayer),
          figure(perCost),
          percent(accepted),
        ]),
      ),
    ].join("\n");
    const out = flags.text("out") ?? EVIDENCE;
    await Deno.mkdir(out.replace(/[^/]*$/, "") || ".", { recursive: true });
    await Deno.writeTextFile(out, text);
    io.write(text);
    return share < 0.9 ? 1 : 0;
  },
};

/** Multiply-accumulates of a readout ÷ a block's, visible positions left out. */
function headBlocks(info: ModelInfo): number {
  const { dModel, ffnSize, gated, heads, kvHeads, headDim, vocabSize } = info;
  const block = 2 * dModel * (heads + kvHeads) * headDim + (gated ? 3 : 2) * dModel * ffnSize;
  return vocabSize * dModel / block;
}

/** Blocks that rounds load, readouts priced at `h` blocks; `shadow` heights per row. */
function loadsOf(
  rounds: readonly DraftRound[],
  { info, h, shadow }: { readonly info: ModelInfo; readonly h: number; readonly shadow: number },
): number {
  return rounds.reduce(
    (sum, { drafted, height = 0 }) =>
      sum + drafted * (height + h) + info.layerCount + h * (1 + shadow * (drafted + 1)),
    0,
  );
}

/** Rounds of each arm over all prompts, by label. */
async function roundsOf(
  { model, suites, limit, specs }: {
    readonly model: string;
    readonly suites: readonly string[];
    readonly limit: number;
    readonly specs: readonly string[];
  },
  io: Io,
): Promise<ReadonlyMap<string, readonly DraftRound[]>> {
  const plan = await planNamed({
    model,
    backend: "wasm",
    suites: suites.map((name) => ({ name, size: "standard", split: "test", seed: 0, limit })),
    arms: specs,
    pass: "free",
    seed: 0,
  });
  const store = memoryStore();
  try {
    await runPlan(plan, { store, progress: ({ done, total }) => io.say(`${done}/${total}`) });
  } finally {
    plan.close();
  }
  const rounds = new Map<string, DraftRound[]>();
  for (const record of (await store.read()).records) {
    if (record.pass !== "free" || record.outcome !== "ok") continue;
    if (record.speculation === undefined) continue;
    const list = rounds.get(record.arm) ?? [];
    rounds.set(record.arm, list);
    list.push(...record.speculation.rounds);
  }
  return rounds;
}

if (import.meta.main) {
  const io: Io = {
    write: (text) => console.log(text),
    say: (line) => console.error(line),
    color: false,
    signal: new AbortController().signal,
    progress: () => ({ update: () => {}, end: () => {} }),
  };
  Deno.exit(await COMMAND.run(readArguments(COMMAND, Deno.args), io));
}
