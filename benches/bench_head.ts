/**
 * What every bench says first: model, backend, machine, start times.
 *
 * @module
 */
import type { BenchModel } from "./bench_model.ts";
import { describeMachine, type Machine } from "./machine.ts";
import { figure } from "./markdown_table.ts";

/** The head of a bench's output, in Markdown. */
export function benchHead(
  { session, start }: BenchModel,
  { title, machine }: { readonly title: string; readonly machine: Machine },
): string {
  const { model, backend } = session;
  const { loadMs, openMs, firstTokenMs } = start;
  const lines = [
    `Model ${model.name}, ${model.digest}`,
    `Backend ${backend.name} ${backend.kernels}: ${backend.features.join("; ")}`,
    ...describeMachine(machine).split("\n"),
    `Start to first token ${figure(loadMs + openMs + firstTokenMs)} ms: file ${figure(loadMs)}, ` +
    `session ${figure(openMs)}, token ${figure(firstTokenMs)} (one sample)`,
  ];
  return `## ${title}: ${model.name} on ${backend.name}\n\n${listOf(lines)}\n`;
}

/** Lines as a Markdown list. */
export function listOf(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}\n`).join("");
}
