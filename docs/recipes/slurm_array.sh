#!/usr/bin/env bash
# A run as a Slurm array, one shard per task, then the merge.
#
#   id=$(sbatch --parsable docs/recipes/slurm_array.sh --model smollm2 --size full \
#     --policies 'calm(threshold=0.9)' --out out/array)
#   sbatch --dependency="afterok:$id" --wrap 'deno task depthbench merge out/array'
#
# Tasks read SLURM_ARRAY_TASK_ID, _COUNT, _MIN and _STEP by themselves. A task that
# was preempted or timed out goes on where it was: submit the same array again, or
# that task alone with its shard said aloud (its own count would be 1):
#
#   sbatch --array=3 docs/recipes/slurm_array.sh … --shard 4/8
#
#SBATCH --job-name=depthbench
#SBATCH --array=0-7
#SBATCH --cpus-per-task=2
#SBATCH --time=02:00:00
#SBATCH --signal=TERM@60
#SBATCH --requeue
#SBATCH --output=depthbench-%A_%a.log
set -euo pipefail
cd "${SLURM_SUBMIT_DIR:-.}"
exec srun deno task depthbench run "$@"
