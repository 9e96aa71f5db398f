//! The live page's engine for a browser: [`Session`], text in and text out through the module's memory, without bindings.
//!
//! A caller asks [`neurate_input`] for room of a number of bytes, writes a request as UTF-8 there, calls [`neurate_answer`], which
//! returns the length of the reply in bytes, and reads it at [`neurate_output`]. `site/worker.js` does so.

#![cfg_attr(not(test), deny(clippy::unwrap_used))]

use neurate::live::Session;
use std::cell::RefCell;

/// What is kept between calls.
#[derive(Default)]
struct Engine {
    session: Session,
    input: Vec<u8>,
    output: Vec<u8>,
}

// A module has one thread.
thread_local! {
    static ENGINE: RefCell<Engine> = RefCell::default();
}

/// Room for a request of so many bytes.
#[unsafe(no_mangle)]
pub extern "C" fn neurate_input(length: usize) -> *mut u8 {
    ENGINE.with_borrow_mut(|engine| {
        engine.input.clear();
        engine.input.resize(length, 0);
        engine.input.as_mut_ptr()
    })
}

/// Answers the request that was written; the length of the reply in bytes.
#[unsafe(no_mangle)]
pub extern "C" fn neurate_answer() -> usize {
    ENGINE.with_borrow_mut(|engine| {
        let request = String::from_utf8_lossy(&engine.input);
        engine.output = engine.session.answer(&request).into_bytes();
        engine.output.len()
    })
}

/// Where the reply begins; it stays there until the next request is answered.
#[unsafe(no_mangle)]
pub extern "C" fn neurate_output() -> *const u8 {
    ENGINE.with_borrow(|engine| engine.output.as_ptr())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_goes_in_and_comes_out() {
        let request = "{\"do\": \"templates\"}";
        assert!(!neurate_input(request.len()).is_null());
        ENGINE.with_borrow_mut(|e| e.input.copy_from_slice(request.as_bytes()));
        let length = neurate_answer();
        let reply = ENGINE.with_borrow(|e| String::from_utf8(e.output.clone()).expect("text"));
        assert!(reply.len() == length && reply.contains("\"ok\":true") && !neurate_output().is_null());
    }
}
