//! Any text is a circuit or an error, never a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let _ = neurate::file::parse(text, "fuzz.toml", "no such folder".as_ref(), &[]).and_then(|spec| spec.build());
});
