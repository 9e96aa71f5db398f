//! `neurate sweep`.

use super::spec;
use crate::args::Sweep as Args;
use crate::output;
use crate::progress::Progress;
use neurate::fixed_points::SearchOptions;
use neurate::spec::Spec;
use neurate::sweep::{Axis, ChunkState, Plan, Shard, Status, Store, run as run_sweep};
use neurate::{Error, Result};
use serde_json::json;
use std::fmt::Write;

/// Reasons of failed cells that are printed.
const MAX_REASONS: usize = 3;

pub fn run(args: &Args) -> Result<()> {
    let spec = spec(&args.input)?;
    let (axes, find) = what(args, &spec)?;
    let search = SearchOptions::default().starts(args.starts).seed(args.search_seed);
    let chunk = args.chunk.as_deref().map(chunk_sizes).transpose()?;
    let plan = Plan::new(spec, axes, &find, search, chunk)?;
    let root = args.output.clone().unwrap_or_else(|| args.input.circuit.with_extension("sweep.zarr"));
    if (args.status || args.verify) && !root.join("zarr.json").exists() {
        return Err(Error::invalid(format!("there is no sweep at {}", root.display())));
    }
    // Before there is a store: a mistake leaves none.
    let shard = Shard::parse(&args.shard)?;
    let store = Store::open_or_create(&root, plan)?;
    if args.verify {
        return verified(&store);
    }
    let mut damaged = Vec::new();
    if !args.status {
        let threads = args
            .threads
            .unwrap_or_else(|| std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get));
        let progress = Progress::new(args.quiet, &[]);
        let plan = store.plan();
        let cells = (0..plan.chunks()).filter(|k| shard.holds(*k)).map(|k| plan.cells_of(k)).sum();
        damaged = run_sweep(&store, threads, shard, &progress.counting(cells, "cells"))?.damaged;
    }
    told(&store, &damaged, args.input.json)
}

/// Reads all finished chunks again.
fn verified(store: &Store) -> Result<()> {
    let mut damaged = Vec::new();
    let (mut finished, chunks) = (0, store.plan().chunks());
    for k in 0..chunks {
        match store.state(k)? {
            ChunkState::Missing => {}
            ChunkState::Finished => finished += 1,
            ChunkState::Damaged(why) => damaged.push(why),
        }
    }
    output::print(&format!(
        "{}: {finished} of {chunks} chunks are finished and right\n",
        store.root().display()
    ))?;
    let Some(first) = damaged.first() else { return Ok(()) };
    Err(Error::io(format!("{}: {first}", counted(damaged.len())))
        .with_help("run the sweep again without --verify: they are computed again, and nothing else"))
}

fn counted(damaged: usize) -> String {
    if damaged == 1 {
        "1 chunk is damaged".into()
    } else {
        format!("{damaged} chunks are damaged, the first")
    }
}

/// The axes and what to find: from the command line, else from the file.
fn what(args: &Args, spec: &Spec) -> Result<(Vec<Axis>, Vec<String>)> {
    let table = spec.sweep()?.unwrap_or_default();
    let axes = if args.axes.is_empty() {
        let axis = |(address, values, place): &(String, String, _)| {
            Axis::parse(address, values).map_err(|e: Error| e.at(neurate::error::Place::clone(place)))
        };
        table.axes.iter().map(axis).collect::<Result<Vec<_>>>()?
    } else {
        let axis = |text: &String| match text.split_once('=') {
            Some((address, values)) => Axis::parse(address, values),
            None => Err(Error::invalid(format!("the axis \"{text}\" lacks values"))
                .with_help("write ADDRESS=START:STOP:COUNT, for example --axis 'W.E<-E=0.2:1.6:200'")),
        };
        args.axes.iter().map(axis).collect::<Result<Vec<_>>>()?
    };
    Ok((axes, if args.find.is_empty() { table.find } else { args.find.clone() }))
}

fn chunk_sizes(text: &str) -> Result<Vec<usize>> {
    text.split('x').map(|s| s.trim().parse()).collect::<std::result::Result<_, _>>().map_err(|_| {
        Error::invalid(format!("\"{text}\" is no size of a chunk")).with_help("cells along each axis: 16x16")
    })
}

/// How far the store is, and how the cells ended.
fn told(store: &Store, damaged: &[String], as_json: bool) -> Result<()> {
    let progress = store.progress()?;
    let errors = store.errors()?;
    if as_json {
        let cells: serde_json::Map<_, _> =
            Status::WORDS.iter().zip(progress.cells).map(|(w, n)| ((*w).to_string(), json!(n))).collect();
        let errors: Vec<_> = errors.iter().map(|(at, e)| json!({ "position": at, "error": e })).collect();
        let all = json!({
            "store": store.root(), "chunks": progress.chunks, "chunks_done": progress.done,
            "cells": cells, "errors": errors, "computed_again": damaged,
        });
        return output::print(&format!("{all:#}\n"));
    }
    let plan = store.plan();
    let axes: Vec<_> = plan.axes.iter().map(|a| format!("{} ({})", a.address, a.values.len())).collect();
    let mut text = format!(
        "{}: {} cells over {}\n{} of {} chunks are finished\n",
        store.root().display(),
        plan.cells(),
        axes.join(" x "),
        progress.done,
        progress.chunks
    );
    for (word, count) in Status::WORDS.iter().zip(progress.cells).filter(|(_, n)| *n > 0) {
        let _ = writeln!(text, "  {count:>9} {word}");
    }
    for (at, why) in errors.iter().take(MAX_REASONS) {
        let here: Vec<_> = plan.axes.iter().zip(at).map(|(a, &k)| a.set(k)).collect();
        let _ = writeln!(text, "  error at {}: {}", here.join(", "), why.replace('\n', " "));
    }
    if errors.len() > MAX_REASONS {
        let _ = writeln!(text, "  ({} more errors; --json lists all)", errors.len() - MAX_REASONS);
    }
    if let Some(first) = damaged.first() {
        let again = if damaged.len() == 1 { "it was" } else { "they were" };
        let _ = writeln!(text, "{}: {first}; {again} computed again", counted(damaged.len()));
    }
    output::print(&text)
}
