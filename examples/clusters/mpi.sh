#!/usr/bin/env bash
# A sweep under an MPI launcher: every rank takes its share of the chunks. The ranks need not talk to each other, so the
# launcher's variables are all that is used:
#   mpirun -n 32 examples/clusters/mpi.sh
set -euo pipefail
rank=${OMPI_COMM_WORLD_RANK:-${PMI_RANK:-${SLURM_PROCID:?not under an MPI launcher}}}
size=${OMPI_COMM_WORLD_SIZE:-${PMI_SIZE:-${SLURM_NTASKS:?not under an MPI launcher}}}
neurate sweep examples/ssn.toml \
  --axis 'W.E<-E=0.2:1.6:400' --axis 'h=1:40:400' \
  --find 'fixed points' --find isn \
  --shard "$((rank + 1))/${size}" --threads 1 -q -o ssn.zarr
