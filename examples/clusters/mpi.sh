#!/usr/bin/env bash
# A sweep under an MPI launcher: every rank takes its share of the shards, one after another. The ranks need not talk to each
# other, so the launcher's variables are all that is used. Started again, on as many ranks as there are then, it goes on:
#   mpirun -n 32 examples/clusters/mpi.sh
set -euo pipefail
shards=128
rank=${OMPI_COMM_WORLD_RANK:-${PMI_RANK:-${SLURM_PROCID:?not under an MPI launcher}}}
size=${OMPI_COMM_WORLD_SIZE:-${PMI_SIZE:-${SLURM_NTASKS:?not under an MPI launcher}}}
for ((shard = rank + 1; shard <= shards; shard += size)); do
  neurate sweep examples/ssn.toml \
    --axis 'W.E<-E=0.2:1.6:400' --axis 'h=1:40:400' \
    --find 'fixed points' --find isn \
    --shard "${shard}/${shards}" --threads 1 -q -o ssn.zarr
done
