/**
 * Rounds of a free generation, as records keep them.
 *
 * @module
 */
import type { StopReason } from "../contract/record.ts";
import type { DraftRound, Speculation } from "../contract/round_record.ts";
import type { BoundPolicy } from "../decode/bound_policy.ts";
import type { LedgerCounter } from "../decode/ledger.ts";
import { addLedgers, ledgerSince } from "../decode/ledger_sums.ts";
import { certify } from "../decode/speculate/certify.ts";
import type { RoundPart } from "../decode/speculate/rounds.ts";
import type { PassContext, PassItem } from "./cells.ts";

/** Collects rounds and what drafting costs. */
export class RoundLog {
  readonly #bound: BoundPolicy;
  readonly #ledger: LedgerCounter;
  readonly #rounds: DraftRound[] = [];
  #drafts: Speculation["draftLedger"];
  #started: Speculation["draftLedger"] | undefined;

  /** For one sequence under a policy; costs are read from `ledger`. */
  constructor(bound: BoundPolicy, ledger: LedgerCounter) {
    this.#bound = bound;
    this.#ledger = ledger;
    const now = ledger.total();
    this.#drafts = ledgerSince(now, now);
  }

  /** A round is over. */
  readonly round = (round: DraftRound): void => {
    this.#rounds.push(round);
  };

  /** A part of a round begins. */
  readonly part = (part: RoundPart): void => {
    const now = this.#ledger.total();
    if (this.#started !== undefined) {
      this.#drafts = addLedgers(this.#drafts, ledgerSince(now, this.#started));
    }
    this.#started = part === "draft" || part === "measure" ? now : undefined;
  };

  /** The field of a record, with the text's certificate; empty for depth policies. */
  async field(
    { session, tokenizer }: PassContext,
    item: PassItem,
    text: { readonly tokens: readonly number[]; readonly ended: StopReason },
  ): Promise<{ readonly speculation?: Speculation }> {
    if (this.#bound.kind !== "round") return {};
    const certificate = await certify(session, {
      prompt: item.prompt,
      eos: tokenizer.eos,
      ...text,
    });
    return { speculation: { rounds: this.#rounds, draftLedger: this.#drafts, certificate } };
  }
}
