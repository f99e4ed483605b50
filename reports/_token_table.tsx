/** @jsxImportSource preact */
/**
 * The numbers behind the strips of a sample, folded: one row per place, one
 * column per arm, with the token, the height at which it was read out, and the
 * signals that the policy read of it. What hover tells stands here for everybody.
 *
 * @module
 */
import type { VNode } from "preact";
import type { SampleOutput, SampleToken, Summary } from "../harness/contract/summary.ts";
import { number, small } from "./_format.ts";
import { armClass, ArmTitle, WideTable } from "./_parts.tsx";
import { visibleLine, visibleToken } from "./_visible.ts";

function TokenCell({ token, name }: {
  readonly token: SampleToken | undefined;
  readonly name: string;
}): VNode {
  if (token === undefined) return <td class={name} />;
  const signals = (token.read?.signals ?? []).map(({ name, value }) =>
    `${visibleLine(name)} ${number(value, small)}`
  );
  return (
    <td class={name}>
      <code>{visibleToken(token.text)}</code> {token.height}
      {signals.length === 0 ? null : <span class="note">{signals.join(", ")}</span>}
    </td>
  );
}

/** The table of some outputs; `most` tokens of each. */
export function TokenTable({ outputs, summary, most }: {
  readonly outputs: readonly SampleOutput[];
  readonly summary: Summary;
  readonly most: number;
}): VNode | null {
  const places = Math.min(most, Math.max(0, ...outputs.map(({ tokens }) => tokens.length)));
  if (places === 0) return null;
  const columns = outputs.map((output) => {
    const index = summary.arms.findIndex(({ label }) => label === output.arm);
    return { output, index, name: index < 0 ? "" : armClass(index) };
  });
  return (
    <details class="numbers">
      <summary>Each token’s height and signals as a table</summary>
      <WideTable label="Tokens, heights and signals">
        <table>
          <caption>
            <span>Token, height at which it was read out, and what its policy last read.</span>
          </caption>
          <thead>
            <tr>
              <th scope="col">place</th>
              {columns.map(({ output, index, name }) => (
                <th scope="col" class={name}>
                  {index < 0
                    ? visibleLine(output.arm)
                    : <ArmTitle arm={{ label: output.arm }} index={index} />}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {Array.from({ length: places }, (_, place) => (
              <tr>
                <th scope="row">{place + 1}</th>
                {columns.map(({ output, name }) => (
                  <TokenCell token={output.tokens[place]} name={name} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </WideTable>
    </details>
  );
}
