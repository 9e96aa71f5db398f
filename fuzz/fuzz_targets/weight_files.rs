//! Any bytes in a weight file of any format are a matrix or an error, never a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use neurate::file::{MATRIX_ENDINGS, circuit_of_matrix, parse};

fuzz_target!(|bytes: &[u8]| {
    let folder = tempfile::tempdir().expect("the temporary folder is writable");
    for ending in MATRIX_ENDINGS {
        let path = folder.path().join(format!("W.{ending}"));
        let file = if ending == "zarr" {
            // A store is a folder: its metadata, and a chunk of the same bytes.
            std::fs::create_dir_all(path.join("c/0")).expect("the temporary folder is writable");
            std::fs::write(path.join("c/0/0"), bytes).expect("the temporary folder is writable");
            path.join("zarr.json")
        } else {
            path.clone()
        };
        std::fs::write(&file, bytes).expect("the temporary folder is writable");
        if let Ok(circuit) = circuit_of_matrix(&path, Some("20"), None) {
            // The weights are read a second time, as a circuit's.
            let _ = parse(&circuit, "fuzz.toml", folder.path(), &[]).and_then(|spec| spec.build());
        }
    }
});
