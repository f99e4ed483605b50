"""Requantises a GGUF model: matrices to one type, head and embedding Q8_0, vectors F32.

The result is a function of the input alone: the quantisers work element by
element in f32, the metadata keep their order.

Usage: python requantize.py <packages folder> <in.gguf> <out.gguf> <q8_0|q4_0>
The folder holds the `gguf` and `numpy` packages to use.
"""

from __future__ import annotations

import sys

sys.path.insert(0, sys.argv[1])

from gguf import GGMLQuantizationType, GGUFReader, GGUFValueType, GGUFWriter, LlamaFileType  # noqa: E402
from gguf.quants import dequantize, quantize  # noqa: E402

TYPES = {
    "q8_0": (GGMLQuantizationType.Q8_0, LlamaFileType.MOSTLY_Q8_0),
    "q4_0": (GGMLQuantizationType.Q4_0, LlamaFileType.MOSTLY_Q4_0),
}
HEADS = ("token_embd.weight", "output.weight")


def copy_metadata(reader: GGUFReader, writer: GGUFWriter, file_type: LlamaFileType) -> None:
    """Copies every field but the two that describe the old file."""
    for field in reader.fields.values():
        if field.name.startswith("GGUF.") or field.name == "general.architecture":
            continue  # the writer adds these
        value = field.contents()
        if field.name == "general.file_type":
            value = int(file_type)
        kind = field.types[0]
        inner = field.types[-1] if kind == GGUFValueType.ARRAY else None
        writer.add_key_value(field.name, value, kind, sub_type=inner)


def main() -> None:
    """Reads, converts tensor by tensor in the file's order, writes."""
    _, _, source, target, name = sys.argv
    matrix_type, file_type = TYPES[name]
    reader = GGUFReader(source)
    writer = GGUFWriter(target, reader.fields["general.architecture"].contents())
    copy_metadata(reader, writer, file_type)
    for tensor in reader.tensors:
        wide = dequantize(tensor.data, tensor.tensor_type)
        if wide.ndim == 1:
            writer.add_tensor(tensor.name, wide)
            continue
        kind = GGMLQuantizationType.Q8_0 if tensor.name in HEADS else matrix_type
        same = kind == tensor.tensor_type
        data = tensor.data if same else quantize(wide, kind)
        writer.add_tensor(tensor.name, data, raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


if __name__ == "__main__":
    main()
