/**
 * Tensors by role, as a checkpoint hands them out.
 *
 * @module
 */
import type { BlockRole, Checkpoint, GlobalRole, StoredTensor } from "../harness/contract/model.ts";

/** The two functions of a checkpoint over tables of tensors. */
export function tensorsOf(
  globals: Readonly<Partial<Record<GlobalRole, StoredTensor>>>,
  blocks: readonly Readonly<Partial<Record<BlockRole, StoredTensor>>>[],
): Pick<Checkpoint, "tensor" | "blockTensor"> {
  const listed = (tensor: StoredTensor | undefined, role: string): StoredTensor => {
    if (tensor !== undefined) return tensor;
    throw new RangeError(`Cannot find tensor "${role}": the architecture does not list it`);
  };
  return {
    tensor: (role) => listed(globals[role], role),
    blockTensor(block, role) {
      const tensors = blocks[block];
      if (tensors !== undefined) return listed(tensors[role], role);
      throw new RangeError(
        `Cannot find a block: expected an index >= 0 and < ${blocks.length}: current value is ${block}`,
      );
    },
  };
}
