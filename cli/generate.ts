/**
 * The `generate` command: one text under one policy, as it is made.
 *
 * @module
 */
import { InputError, UsageError } from "../harness/contract/errors.ts";
import type { DecoderSession, Sampler } from "../harness/contract/backend.ts";
import type { LoadedModel, ModelInfo } from "../harness/contract/model.ts";
import type { StopReason } from "../harness/contract/record.ts";
import type { DraftRound } from "../harness/contract/round_record.ts";
import { bindPolicy, type BoundPolicy } from "../harness/decode/bound_policy.ts";
import { generate, type GeneratedToken } from "../harness/decode/generate.ts";
import { requireParts } from "../harness/decode/needed_parts.ts";
import { hashUniform } from "../harness/numerics/random.ts";
import { DEFAULT_BACKEND, parseRunSpec } from "../harness/run_spec.ts";
import type { Command, CommandArguments, Io } from "./command.ts";
import { colorByHeight } from "./exit_color.ts";
import { explainGeneration } from "./explain_generation.ts";
import { EXIT } from "./exit_code.ts";
import { nextTurn } from "./next_turn.ts";
import { totals } from "./generation_totals.ts";
import { loadModel } from "./model_files.ts";
import { loadParts } from "./parts_files.ts";
import { resolveArms, type ResolvedArm } from "./policy_arms.ts";
import { promptTokens } from "./prompt_tokens.ts";
import { BUILT_IN } from "./registry.ts";
import { RUN_SPEC_FLAGS } from "./run_request.ts";
import { stripControls } from "./terminal_text.ts";

/** Tokens made by default. */
const MAX_TOKENS = 64;

/** The `generate` command. */
export const generateCommand: Command = {
  name: "generate",
  summary: "Continue a prompt under a policy, coloured by exit height",
  usage: 'generate --prompt <text> [--model tiny_exit] [--policy "calm(threshold=0.9)"]',
  details: "On a terminal green tokens left early, red ones late, uncoloured ones at full depth.",
  flags: {
    prompt: { kind: "text", value: "<text>", help: "Text to continue" },
    model: { kind: "text", value: "<model>", help: "Name or path; default tiny_exit" },
    backend: { kind: "text", value: "<name>", help: `Default ${DEFAULT_BACKEND}` },
    threads: RUN_SPEC_FLAGS["threads"]!,
    exact: RUN_SPEC_FLAGS["exact"]!,
    policy: { kind: "text", value: "<spec>", help: "Default full_depth" },
    parts: RUN_SPEC_FLAGS["parts"]!,
    "max-tokens": { kind: "number", value: "<n>", help: `Default ${MAX_TOKENS}` },
    chat: { kind: "switch", help: "Puts the prompt into the model's chat format" },
    temperature: { kind: "number", value: "<t>", help: "0 takes the likeliest token; default 0" },
    seed: { kind: "number", value: "<n>", help: "Seed of sampling and of chance; default 0" },
    explain: {
      kind: "switch",
      help: "Per token and height: what the head would say, signals, threshold, decision, fill",
    },
    json: { kind: "switch", help: "Writes the explanation as one JSON object" },
  },
  positional: { least: 0, most: 0 },
  async run({ flags }, io): Promise<number> {
    const request = readRequest(flags);
    const backend = BUILT_IN.backends.find(flags.text("backend") ?? DEFAULT_BACKEND);
    const model = await loadModel(flags.text("model") ?? "tiny_exit");
    const { info } = model.checkpoint;
    const arms = await resolveArms([flags.text("policy") ?? "full_depth"], {
      policies: BUILT_IN.policies,
      model: info,
    });
    if (arms.length !== 1) {
      throw new UsageError(`Cannot generate: expected one policy: ${arms.length} came`);
    }
    const framing = request.chat ? "chat" : "plain";
    const prompt = promptTokens(model, { prompt: request.prompt, framing });
    if (prompt.length === 0) {
      throw new UsageError("Cannot generate: expected a prompt of at least one token: it is empty");
    }
    if (prompt.length > info.context) {
      throw new InputError(
        `Cannot run a prompt of ${prompt.length} tokens: expected at most ${info.context}, the ` +
          `context of model "${info.name}": shorten the text or choose a model with a longer one`,
      );
    }
    const context = Math.min(info.context, prompt.length + request.maxTokens);
    const parts = await loadParts(
      flags.texts("parts").flatMap((text) => text.split(",")).map((name) => name.trim()),
      info,
    );
    requireParts(bindArm(arms[0]!, { model: info, request, context }), parts);
    const session = await backend.open(model.checkpoint, {
      slots: 2, // drafts may be measured beside the text
      context,
      parts,
      threads: request.threads,
      exact: request.exact,
    });
    try {
      if (flags.has("explain")) {
        return await explainGeneration({
          session,
          model,
          arm: arms[0]!,
          bound: bindArm(arms[0]!, { model: session.model, request, context }),
          prompt,
          seed: request.seed,
          sampler: request.temperature > 0 ? sampler(request) : undefined,
          json: flags.has("json"),
        }, io);
      }
      return await stream({ session, model, arm: arms[0]!, prompt, request, context }, io);
    } finally {
      session.close();
    }
  },
};

interface Request {
  readonly prompt: string;
  readonly chat: boolean;
  readonly maxTokens: number;
  readonly temperature: number;
  readonly seed: number;
  readonly threads: number | undefined;
  readonly exact: boolean;
}

function readRequest(flags: CommandArguments["flags"]): Request {
  const prompt = flags.text("prompt");
  if (flags.has("json") && !flags.has("explain")) {
    throw new UsageError('Cannot read flag "--json": expected --explain with it');
  }
  if (prompt === undefined) {
    throw new UsageError('Cannot generate: expected a prompt: add --prompt "some text"');
  }
  const number = (name: string, fallback: number, least: number, whole: boolean) => {
    const value = flags.number(name) ?? fallback;
    if (value >= least && (!whole || Number.isSafeInteger(value))) return value;
    throw new UsageError(
      `Cannot read flag "--${name}": must be a ${whole ? "whole " : ""}number >= ${least}: ` +
        `current value is ${value}`,
    );
  };
  return {
    prompt,
    chat: flags.has("chat"),
    maxTokens: number("max-tokens", MAX_TOKENS, 1, true),
    temperature: number("temperature", 0, 0, false),
    seed: number("seed", 0, 0, true),
    threads: readThreads(flags.number("threads")),
    exact: flags.has("exact"),
  };
}

function readThreads(count: number | undefined): number | undefined {
  return count === undefined ? undefined : parseRunSpec({ threads: count }, "flags").threads;
}

interface Generation {
  readonly session: DecoderSession;
  readonly model: LoadedModel;
  readonly arm: ResolvedArm;
  readonly prompt: readonly number[];
  readonly request: Request;
  readonly context: number;
}

function bindArm(
  { plugin, options, fill }: ResolvedArm,
  { model, request, context }: Pick<Generation, "request" | "context"> & {
    readonly model: ModelInfo;
  },
): BoundPolicy {
  const limits = { maxTokens: request.maxTokens, context };
  return bindPolicy(plugin, { options, fill, model, limits });
}

/** Writes the text as it is made, then the totals. */
async function stream(generation: Generation, io: Io): Promise<number> {
  const { session, model, arm, prompt, request, context } = generation;
  const { layerCount } = session.model;
  const rounds: DraftRound[] = [];
  const tokens = generate(session, {
    bound: bindArm(arm, { model: session.model, request, context }),
    slot: session.newSlot(),
    prompt,
    eos: model.tokenizer.eos,
    seed: request.seed,
    item: 0,
    round: (round) => rounds.push(round),
    sampler: request.temperature > 0 ? sampler(request) : undefined,
  });
  const text = model.tokenizer.stream();
  const made: GeneratedToken[] = [];
  let ended: StopReason | "interrupted" = "interrupted";
  let firstMs = 0;
  while (!io.signal.aborted) {
    await nextTurn();
    const next = await tokens.next();
    if (next.done) {
      ended = next.value;
      break;
    }
    const token = { ...next.value };
    if (made.length === 0) firstMs = performance.now();
    made.push(token);
    const piece = stripControls(text.push(token.token));
    io.write(io.color ? colorByHeight(piece, { height: token.exitHeight, layerCount }) : piece);
  }
  const decodeMs = performance.now() - firstMs;
  io.write(`${stripControls(text.end())}\n`);
  io.say(totals(made, { layerCount, decodeMs, ended, rounds }));
  return ended === "interrupted" ? EXIT.interrupted : EXIT.done;
}

/** Draws of token n come from seed and n alone. */
function sampler({ seed, temperature }: Request): Sampler {
  let drawn = 0;
  return { temperature, uniform: () => hashUniform(seed, drawn++) };
}
