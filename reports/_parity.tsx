/** @jsxImportSource preact */
/**
 * The same run on another backend: equal tokens, decisions and ledgers per arm,
 * and the first places that differ.
 *
 * @module
 */
import type { VNode } from "preact";
import type { Parity, ParityArm, ParityExample, Summary } from "../harness/contract/summary.ts";
import { ABSENT, number, small, whole } from "./_format.ts";
import { MethodLink } from "./_methods.tsx";
import { shortDigest } from "./_origin.ts";
import { armClass, ArmTitle, WideTable } from "./_parts.tsx";
import { visibleLine, visibleToken } from "./_visible.ts";

function Share({ equal, of }: { readonly equal: number; readonly of: number }): VNode {
  if (of === 0) return <td>{ABSENT}</td>;
  return (
    <td class={equal === of ? "equal" : "unequal"}>
      {whole(equal)} <span class="note">of {whole(of)}</span>
    </td>
  );
}

function Example({ example, parity }: {
  readonly example: ParityExample;
  readonly parity: Parity;
}): VNode {
  const { suite, item, position, kind, here, there, margin } = example;
  const shown = (text: string) => kind === "token" ? `“${visibleToken(text)}”` : `height ${text}`;
  return (
    <li>
      {visibleLine(suite)} <code>{[...visibleLine(item)].slice(0, 12).join("")}</code>, token{" "}
      {position + 1}: {shown(here)} on {visibleLine(parity.here.name)}, {shown(there)} on{" "}
      {visibleLine(parity.there.name)}
      {margin === undefined
        ? ""
        : `; full depth’s two likeliest tokens are ${number(margin, small)} apart in logits`}
    </li>
  );
}

function Row({ arm, index, parity }: {
  readonly arm: ParityArm;
  readonly index: number;
  readonly parity: Parity;
}): VNode {
  return (
    <>
      <tr class={armClass(index)}>
        <th scope="row">
          <ArmTitle arm={{ label: arm.arm }} index={index} />
        </th>
        <Share equal={arm.equalTexts} of={arm.texts} />
        <Share equal={arm.equalDecisions} of={arm.positions} />
        <Share equal={arm.equalAgreement} of={arm.positions} />
        <td>{number(arm.nllDifference, small)}</td>
        <Share equal={arm.equalLedgers} of={arm.ledgers} />
      </tr>
      {arm.examples.length === 0 ? null : (
        <tr class={`${armClass(index)} examples`}>
          <td colSpan={6}>
            <ul>
              {arm.examples.map((example) => <Example example={example} parity={parity} />)}
            </ul>
          </td>
        </tr>
      )}
    </>
  );
}

/** The comparison; nothing where only one run was given. */
export function ParityView({ summary, parity }: {
  readonly summary: Summary;
  readonly parity: Parity;
}): VNode {
  const named = ({ name, kernels }: Parity["here"]) =>
    `${visibleLine(name)} ${visibleLine(shortDigest(kernels))}`;
  return (
    <>
      <p class="lead">
        This report’s run on {named(parity.here)} beside run{" "}
        <code>{visibleLine(shortDigest(parity.run))}</code> on {named(parity.there)}.
      </p>
      {parity.notCompared.length === 0
        ? null
        : <ul class="reasons">{parity.notCompared.map((text) => <li>{visibleLine(text)}</li>)}</ul>}
      {parity.arms.length === 0 ? null : (
        <WideTable label="Parity of backends">
          <table class="parity">
            <caption>
              <span>
                <MethodLink summary={summary} term="parity">What must be equal</MethodLink>{" "}
                and how much of it is, with the first places that are not.
              </span>
            </caption>
            <thead>
              <tr>
                <th scope="col">policy</th>
                <th scope="col">
                  generations<span class="unit">[equal]</span>
                </th>
                <th scope="col">
                  decisions<span class="unit">[equal]</span>
                </th>
                <th scope="col">
                  agreement<span class="unit">[equal]</span>
                </th>
                <th scope="col">
                  −ln p<span class="unit">[greatest difference]</span>
                </th>
                <th scope="col">
                  ledgers<span class="unit">[equal]</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {parity.arms.map((arm) => (
                <Row
                  arm={arm}
                  index={summary.arms.findIndex(({ label }) => label === arm.arm)}
                  parity={parity}
                />
              ))}
            </tbody>
          </table>
        </WideTable>
      )}
    </>
  );
}
