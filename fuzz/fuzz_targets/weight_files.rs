//! Any bytes in a weight file of any format are a matrix or an error, never a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use neurate::file::{MATRIX_ENDINGS, circuit_of_matrix, parse};

fuzz_target!(|bytes: &[u8]| {
    let folder = tempfile::tempdir().expect("the temporary folder is writable");
    // Stores of both versions have the same ending.
    let names =
        MATRIX_ENDINGS.map(|ending| format!("W.{ending}")).into_iter().chain(["version2.zarr".to_string()]);
    for name in names {
        let path = folder.path().join(&name);
        // A store is a folder: its metadata, and a chunk of the same bytes.
        let store = match name.as_str() {
            "W.zarr" => Some(("zarr.json", "c/0/0")),
            "version2.zarr" => Some((".zarray", "0.0")),
            _ => None,
        };
        let file = match store {
            Some((metadata, chunk)) => {
                let chunk = path.join(chunk);
                std::fs::create_dir_all(chunk.parent().unwrap_or(&path))
                    .expect("the temporary folder is writable");
                std::fs::write(chunk, bytes).expect("the temporary folder is writable");
                path.join(metadata)
            }
            None => path.clone(),
        };
        std::fs::write(&file, bytes).expect("the temporary folder is writable");
        if let Ok(circuit) = circuit_of_matrix(&path, Some("20"), None) {
            // The weights are read a second time, as a circuit's.
            let _ = parse(&circuit, "fuzz.toml", folder.path(), &[]).and_then(|spec| spec.build());
        }
    }
});
