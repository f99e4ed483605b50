/**
 * Flips between backends, policy by policy: `deno task evidence:flip_rates`.
 *
 * wasm with full-precision activations against cpu, and wasm's default against the
 * same reference. The cpu backend is slow on real models: `--reference wasm` takes
 * exact wasm in its place, which the first comparison holds to cpu on tiny.
 *
 * Exits with 1 when the share of decisions that flip away from near-ties reaches 1 %.
 *
 * @module
 */
// deno-lint-ignore-file no-console
import { readArguments } from "../cli/arguments.ts";
import type { Command, Io } from "../cli/command.ts";
import { loadModel } from "../cli/model_files.ts";
import { resolveArms } from "../cli/policy_arms.ts";
import { promptTokens } from "../cli/prompt_tokens.ts";
import { BUILT_IN } from "../cli/registry.ts";
import type { DecoderSession } from "../harness/contract/backend.ts";
import { bindPolicy } from "../harness/decode/bound_policy.ts";
import { positiveInteger } from "./bench_flags.ts";
import { flipSpecs } from "./flip_arms.ts";
import { countFlips, type FlipCount, type FlipText, type Tolerance } from "./flip_count.ts";
import { describeMachine, readMachine } from "./machine.ts";
import { markdownTable, percent } from "./markdown_table.ts";

/** What rounding may decide, by how activations are kept. */
const EXACT: Tolerance = { signal: 1e-3, state: 1e-4, logit: 0.01 };
const ROUNDED: Tolerance = { signal: 0.03, state: 0.003, logit: 0.5 };
/** Share of flips away from near-ties that is too many. */
const MOST_AWAY = 0.01;

const COMMAND: Command = {
  name: "flip_rates",
  summary: "Flips between backends, policy by policy",
  usage: "flip_rates [--model tiny] [--reference cpu|wasm]",
  flags: {
    model: { kind: "text", value: "<model>", help: "Name or path; default tiny" },
    reference: {
      kind: "text",
      value: "<backend>",
      help: "cpu, or wasm for exact wasm; default cpu",
    },
    suite: { kind: "text", value: "<a,b>", help: "Default mixed,prose" },
    limit: { kind: "number", value: "<n>", help: "Texts per suite; default 4" },
    tokens: { kind: "number", value: "<n>", help: "Most tokens of a target; default 48" },
    out: {
      kind: "text",
      value: "<file.md>",
      help: "Default benches/evidence/flip_rates_<model>.md",
    },
  },
  positional: { least: 0, most: 0 },
  async run({ flags }, io): Promise<number> {
    const name = flags.text("model") ?? "tiny";
    const reference = flags.text("reference") ?? "cpu";
    const machine = await readMachine();
    const model = await loadModel(name);
    const { info } = model.checkpoint;
    const limit = positiveInteger("limit", flags.number("limit") ?? 4);
    const most = positiveInteger("tokens", flags.number("tokens") ?? 48);
    const texts: FlipText[] = [];
    for (const suite of (flags.text("suite") ?? "mixed,prose").split(",")) {
      const plugin = BUILT_IN.suites.find(suite);
      for (const item of await plugin.items({ size: "full", seed: 0, split: "test", limit })) {
        const prompt = promptTokens(model, { prompt: item.prompt, framing: plugin.framing });
        const target = model.tokenizer.encode(item.target).slice(0, most);
        texts.push({ prompt: prompt.slice(-most), target });
      }
    }
    const context = 2 * most + 1;
    const open = (backend: string, exact: boolean) =>
      BUILT_IN.backends.find(backend).open(model.checkpoint, { slots: 2, context, exact });
    const sessions = {
      reference: await open(reference, true),
      exact: await open("wasm", true),
      rounded: await open("wasm", false),
    };
    const rows: {
      readonly label: string;
      readonly exact: FlipCount;
      readonly rounded: FlipCount;
    }[] = [];
    for (const spec of flipSpecs(info.layerCount)) {
      const [arm] = await resolveArms([spec], { policies: BUILT_IN.policies, model: info });
      const { plugin, options, fill, label } = arm!;
      const bind = (session: DecoderSession) => {
        const limits = { maxTokens: most, context };
        const bound = bindPolicy(plugin, { options, fill, model: session.model, limits });
        if (bound.kind === "round") throw new RangeError(`Cannot compare "${label}": it drafts`);
        return { session, bound };
      };
      const against = (session: DecoderSession, tolerance: Tolerance) =>
        countFlips([bind(sessions.reference), bind(session)], { texts, tolerance });
      io.say(label);
      rows.push({
        label,
        exact: await against(sessions.exact, EXACT),
        rounded: await against(sessions.rounded, ROUNDED),
      });
    }
    for (const session of Object.values(sessions)) session.close();
    const text = [
      `# Flips between backends on ${info.name}`,
      "",
      `${info.name}, ${info.layerCount} blocks, ${info.digest}; ${texts.length} texts, teacher-forced; ` +
      `reference ${reference} with full-precision activations.`,
      "",
      describeMachine(machine).replaceAll("\n", "  \n"),
      "",
      "A near-tie is a decision that moving any signal would change, of a readout by " +
      `${EXACT.signal} (exact) or ${ROUNDED.signal} (rounded activations), of two states by ` +
      `${EXACT.state} or ${ROUNDED.state}; or a token whose two likeliest logits lie closer than ${EXACT.logit} or ${ROUNDED.logit}.`,
      "",
      "The bar is 1 % of the decisions, away from near-ties. Tokens are told beside them: a model " +
      "that lost half of its blocks and was not tuned for that says little, and rounding then " +
      "moves its greedy token more easily.",
      "",
      "## wasm with full-precision activations",
      "",
      table(rows.map(({ label, exact }) => ({ label, count: exact }))),
      "## wasm as it is by default",
      "",
      table(rows.map(({ label, rounded }) => ({ label, count: rounded }))),
    ].join("\n").trimEnd() + "\n";
    const out = flags.text("out") ?? `benches/evidence/flip_rates_${name}.md`;
    await Deno.mkdir(out.replace(/[^/]*$/, "") || ".", { recursive: true });
    await Deno.writeTextFile(out, text);
    io.write(text);
    return rows.some(({ exact, rounded }) => [exact, rounded].some(isTooMany)) ? 1 : 0;
  },
};

/** Whether the share of decisions that flip away from near-ties is too large. */
function isTooMany({ decisions, flipsAway }: FlipCount): boolean {
  return flipsAway >= MOST_AWAY * Math.max(1, decisions);
}

function table(
  rows: readonly { readonly label: string; readonly count: FlipCount }[],
): string {
  const share = (part: number, whole: number) => whole === 0 ? "—" : percent(part / whole);
  return markdownTable(
    [
      "policy",
      "decisions",
      "near-ties",
      "flips",
      "flips away",
      "tokens",
      "token flips",
      "token flips away",
    ],
    rows.map(({ label, count }) => [
      label,
      String(count.decisions),
      share(count.nearTies, count.decisions),
      share(count.flips, count.decisions),
      share(count.flipsAway, count.decisions),
      String(count.tokens),
      share(count.tokenFlips, count.tokens),
      share(count.tokenFlipsAway, count.tokens),
    ]),
  );
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
