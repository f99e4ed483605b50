/**
 * Records as JSON without loss: JSON has no NaN and no infinities, so these
 * become `{ "$number": "NaN" }`.
 *
 * @module
 */

/** The text of a record or manifest. */
export function toRecordJson(value: unknown): string {
  return JSON.stringify(
    value,
    (_, it) => typeof it === "number" && !Number.isFinite(it) ? { $number: String(it) } : it,
  );
}

/** The value of a text by {@linkcode toRecordJson}. Throws `SyntaxError`. */
export function fromRecordJson(text: string): unknown {
  return JSON.parse(text, (_, it) => isMarked(it) ? Number(it.$number) : it);
}

function isMarked(value: unknown): value is { readonly $number: string } {
  return typeof value === "object" && value !== null && "$number" in value &&
    typeof value.$number === "string" && Object.keys(value).length === 1;
}
