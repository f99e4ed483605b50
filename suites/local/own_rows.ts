/**
 * The user's own rows: JSON lines with a prompt and what is expected.
 *
 *     {"id"?, "prompt", "target"?, "choices"?, "label"?, "group"?}
 *
 * `target` may be left out where `label` says which of the `choices` is right, by
 * its index from 0 or by its text. `id` and `group` are texts or whole numbers.
 * Field names and scoring: `_settings.ts`; ids, order and splits: `_local_suite.ts`.
 *
 * @module
 */
import type { ByteSource } from "../../harness/contract/model.ts";
import type { SuiteItem, SuiteMeasure, SuitePlugin } from "../../harness/contract/suite.ts";
import { exactMatch } from "../metrics/exact_match.ts";
import { localItem, localSuite } from "./_local_suite.ts";
import { readRows, type Row } from "./_rows.ts";
import { type Field, readSettings, SCORES, type Settings } from "./_settings.ts";

/** The settings file beside the rows. */
export interface SettingsFile {
  /** Its name, for messages. */
  readonly name: string;
  /** Its text. */
  readonly text: string;
}

/** Opens own rows as a suite, named after the file. Rejects with `InputError`. */
export async function openOwnRows(
  source: ByteSource,
  settingsFile?: SettingsFile,
): Promise<SuitePlugin> {
  const settings = readSettings(settingsFile?.text, settingsFile?.name ?? source.name);
  const name = source.name;
  const items: SuiteItem[] = [];
  const choicesOf = new Map<string, readonly string[]>();
  const data = await readRows(source, (row) => {
    const { item, choices } = readItem(row, { name, fields: settings.fields });
    items.push(item);
    if (choices !== undefined) choicesOf.set(item.id, choices);
  });
  return localSuite({
    name,
    summary: `${data.rows} rows of a local file`,
    version: 1,
    measure: measureOf(settings, choicesOf),
    framing: settings.framing,
    data: { ...data, reading: JSON.stringify(settings) },
    items,
  });
}

function measureOf(
  { measure, score, stop, maxTokens }: Settings,
  choicesOf: ReadonlyMap<string, readonly string[]>,
): SuiteMeasure {
  if (measure === "likelihood") return { kind: "likelihood" };
  const named = score === undefined ? undefined : SCORES[score];
  return {
    kind: "generation",
    maxTokens,
    stop,
    score(answer: string, item: SuiteItem): number {
      if (named !== undefined) return named(answer, item.target);
      const choices = choicesOf.get(item.id);
      return exactMatch(
        choices === undefined ? answer : chosen(answer, choices) ?? "",
        item.target,
        "raw",
      );
    },
  };
}

/** The longest choice that an answer begins with; `undefined` if it begins with none. */
function chosen(answer: string, choices: readonly string[]): string | undefined {
  const text = answer.trim();
  return choices.map((choice) => choice.trim()).filter((choice) => text.startsWith(choice))
    .toSorted((a, b) => b.length - a.length)[0];
}

function readItem(
  row: Row,
  { name, fields }: { readonly name: string; readonly fields: Readonly<Record<Field, string>> },
): { item: SuiteItem; choices: readonly string[] | undefined } {
  const choices = row.optionalTexts(fields.choices);
  const target = row.optionalText(fields.target) ?? labelled(row, fields, choices);
  if (choices !== undefined && !choices.includes(target)) {
    row.refuse(fields.target, "one of the choices");
  }
  const item = localItem(name, {
    id: row.name(fields.id),
    prompt: row.text(fields.prompt),
    target,
    choices,
    group: row.name(fields.group),
  });
  return { item, choices };
}

function labelled(
  row: Row,
  fields: Readonly<Record<Field, string>>,
  choices: readonly string[] | undefined,
): string {
  if (choices === undefined) {
    return row.refuse(fields.target, `a text, or "${fields.choices}" and "${fields.label}"`);
  }
  const label = row.value(fields.label);
  const found = choices.find((choice, at) => label === choice || label === at);
  return found ?? row.refuse(fields.label, "the index from 0 or the text of a choice");
}
