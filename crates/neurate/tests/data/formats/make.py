"""Makes the files of this folder: one matrix as SciPy 1.17 and Zarr 3.1 write it. Run it in this folder."""

import numpy as np
import scipy.io
import scipy.sparse as sp
import zarr
from zarr.codecs import Crc32cCodec, GzipCodec, TransposeCodec

W = np.load("../everyday/05_W.npy")
W[0, 3] = W[4, 1] = 0
for kind in ["csr", "csc", "coo"]:
    sp.save_npz(f"{kind}.npz", sp.coo_array(W).asformat(kind))
sp.save_npz("bsr.npz", sp.coo_array(W).asformat("bsr"))
np.savez("none.npz")
scipy.io.savemat("full.mat", {"W": W, "tau": 20.0, "name": "text"}, do_compression=True)
scipy.io.savemat("sparse.mat", {"W": sp.csc_matrix(W)}, do_compression=True)
scipy.io.savemat("sparse_plain.mat", {"W": sp.csc_matrix(W)})
scipy.io.savemat("integers.mat", {"W": (10 * W).round().astype(np.int8)})
scipy.io.savemat("two.mat", {"W": W, "V": W.T})
scipy.io.savemat("complex.mat", {"W": W + 1j}, do_compression=True)
scipy.io.savemat("version4.mat", {"W": W}, format="4")
zarr.create_array("zstd.zarr", data=W)
zarr.create_array("crc.zarr", data=W, chunks=(4, 5), compressors=[GzipCodec(), Crc32cCodec()])
zarr.create_array("turned.zarr", data=W, chunks=(4, 4), filters=[TransposeCodec(order=(1, 0))], compressors=None)
zarr.create_array("version2.zarr", data=W, chunks=(4, 4), zarr_format=2, order="F", compressors=None)
zarr.create_array("shards.zarr", data=W, chunks=(2, 2), shards=(6, 6))
group = zarr.create_group("group.zarr")
group.create_array("W", data=W, chunks=(6, 6))
group.create_array("tau", data=np.full(6, 20.0))
