"""Takes vocabulary files out of the source archive of llama-cpp-python.

    python unpack_vocabularies.py <archive.tar.gz> <folder> <name>...

For each name: `ggml-vocab-<name>.gguf` where the archive has it, and the texts
(`.gguf.inp`) and ids (`.gguf.out`) that llama.cpp is tested with.
"""

import pathlib
import sys
import tarfile

PREFIX = "vendor/llama.cpp/models/ggml-vocab-"


def main() -> None:
    """Copies the contents of plain files only, under names of our own making."""
    archive, folder, names = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3:]
    with tarfile.open(archive) as tar:
        members = {member.name.partition("/")[2]: member for member in tar if member.isfile()}
        for name in names:
            for ending in (".gguf", ".gguf.inp", ".gguf.out"):
                member = members.get(f"{PREFIX}{name}{ending}")
                if member is not None:
                    path = folder / f"ggml-vocab-{name}{ending}"
                    path.write_bytes(tar.extractfile(member).read())
                elif ending != ".gguf":
                    raise SystemExit(f"Error: the archive has no file {PREFIX}{name}{ending}")


main()
