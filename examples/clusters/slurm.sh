#!/usr/bin/env bash
#SBATCH --job-name=ssn-sweep
#SBATCH --array=1-64
#SBATCH --cpus-per-task=2
#SBATCH --time=01:00:00
# A sweep as a job array: every task computes its share of the chunks of one store on the shared file system. A task that
# was killed, by time or by hand, is started again by its number, and goes on where it was:
#   sbatch --array=7,31 examples/clusters/slurm.sh
# How far it is:  neurate sweep examples/ssn.toml --axis ... -o ssn.zarr --status
set -euo pipefail
# As in --array above. Not SLURM_ARRAY_TASK_COUNT, which is 2 where two tasks are started again.
shards=64
neurate sweep examples/ssn.toml \
  --axis 'W.E<-E=0.2:1.6:400' --axis 'h=1:40:400' \
  --find 'fixed points' --find isn --find paradoxical \
  --shard "${SLURM_ARRAY_TASK_ID:?start it by sbatch}/${shards}" \
  --threads "${SLURM_CPUS_PER_TASK:-1}" \
  -q -o ssn.zarr
