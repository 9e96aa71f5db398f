//! The command line, as data.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

const EXIT_CODES: &str = "Exit codes: 0 done, whatever the result; 1 a method did not converge, a file could not be written, or a store is damaged; \
2 the circuit file, a file that it names, or the command line is wrong; \
130, 143 and 129 ended by Ctrl-C, TERM and HUP: nothing half-written is left.";

/// What does this circuit do, and why: rate models of neural circuits.
#[derive(Parser)]
#[command(name = "neurate", version, after_help = EXIT_CODES, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    pub verb: Verb,
}

#[derive(Subcommand)]
pub enum Verb {
    /// Write a starting circuit file
    #[command(
        display_order = 1,
        after_help = "Example:\n  neurate new ssn -o my_circuit.toml\n  neurate new --list"
    )]
    New(New),
    /// Check a circuit file and say what it describes
    #[command(display_order = 2, after_help = "Example:\n  neurate check circuit.toml --set 'W.E<-E=2.5'")]
    Check(Input),
    /// List the parameters that --set can change, with their values
    #[command(display_order = 3, after_help = "Example:\n  neurate params circuit.toml")]
    Params(Input),
    /// Show a circuit in the browser, with a handle for every parameter; the page follows edits of the file
    #[command(
        display_order = 4,
        after_help = "Examples:\n  neurate live circuit.toml\n  neurate live circuit.toml --set E.h=25 --open\n\n\
The page is served on this machine only (127.0.0.1), to whoever has the address that is printed. Ctrl-C ends it."
    )]
    Live(Live),
    /// Run any analysis over a parameter grid, into one Zarr store; interrupted sweeps resume
    #[command(
        display_order = 30,
        after_help = "Examples:\n  neurate sweep ssn.toml --axis 'W.E<-E=0.2:1.6:200' --axis 'h=1:40:200' --find isn -o ssn.zarr\n  \
neurate sweep ssn.toml --shard 3/64      (the third of 64 parts, as in a job array)\n  neurate sweep ssn.toml --status"
    )]
    Sweep(Sweep),
    /// Tune inhibitory weights until an unstable linear circuit is stable (Hennequin et al. 2014)
    #[command(
        display_order = 31,
        after_help = "Example:\n  neurate new stabilize -o wild.toml\n  neurate stabilize wild.toml -o tamed.mtx\n  neurate report tamed.mtx --tau 200"
    )]
    Stabilize(Stabilize),
    /// Print the JSON Schema of what --json writes
    #[command(display_order = 40)]
    Schema,
}

#[derive(Args)]
pub struct New {
    /// Which starting file (--list names them)
    #[arg(default_value = "ei")]
    pub template: String,
    /// Names of the starting files
    #[arg(long)]
    pub list: bool,
    /// Where to write it (default: standard output)
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Replace the file if it exists
    #[arg(long)]
    pub force: bool,
}

#[derive(Args, Clone, Default)]
pub struct Input {
    /// The circuit file; or a weight matrix (.npy, .npz, .csv, .mtx) of linear units, with --tau
    #[arg(value_name = "CIRCUIT")]
    pub circuit: PathBuf,
    /// Time constant of the units of a bare matrix: 20 (ms), or "0.02 s"
    #[arg(long, value_name = "TIME")]
    pub tau: Option<String>,
    /// Rows of a bare matrix send, columns receive (default: rows receive, W[to, from])
    #[arg(long)]
    pub from_to: bool,
    /// Rows of a bare matrix receive, even where the signs of its weights suggest that rows send
    #[arg(long, conflicts_with = "from_to")]
    pub to_from: bool,
    /// Which array of a bare .npz, .mat or .zarr file that holds several
    #[arg(long, value_name = "NAME")]
    pub array: Option<String>,
    /// Under a condition that the file describes, [conditions.NAME]; before --set (repeatable)
    #[arg(long = "condition", value_name = "NAME")]
    pub conditions: Vec<String>,
    /// Change a parameter: 'W.E<-E=2.5', 'tau=20 ms' (repeatable)
    #[arg(long = "set", value_name = "ADDRESS=VALUE", allow_hyphen_values = true)]
    pub sets: Vec<String>,
    /// Memory that may be used, such as 40GB (default: half of what the machine or its container has; 8 GB where that is not known)
    #[arg(long, value_name = "SIZE")]
    pub memory: Option<String>,
    /// JSON on standard output
    #[arg(long)]
    pub json: bool,
}

#[derive(Args)]
pub struct Live {
    /// The circuit file
    #[arg(value_name = "CIRCUIT")]
    pub circuit: PathBuf,
    /// Begin under a condition that the file describes, [conditions.NAME]; before --set (repeatable)
    #[arg(long = "condition", value_name = "NAME")]
    pub conditions: Vec<String>,
    /// Begin with a changed parameter: 'W.E<-E=2.5', 'tau=20 ms' (repeatable)
    #[arg(long = "set", value_name = "ADDRESS=VALUE", allow_hyphen_values = true)]
    pub sets: Vec<String>,
    /// Memory that may be used, such as 40GB (default: half of what the machine or its container has; 8 GB where that is not known)
    #[arg(long, value_name = "SIZE")]
    pub memory: Option<String>,
    /// The port (default: any that is free)
    #[arg(long, value_name = "PORT")]
    pub port: Option<u16>,
    /// Open the page in the browser
    #[arg(long)]
    pub open: bool,
}

#[derive(Args)]
pub struct Stabilize {
    #[command(flatten)]
    pub input: Input,
    /// Where to write the weights: .mtx or .csv
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
    /// Largest real part of the eigenvalues of W to reach; 1 is the boundary of stability
    #[arg(long, default_value_t = 0.2, allow_hyphen_values = true)]
    pub target: f64,
    /// Largest share of possible inhibitory connections
    #[arg(long, default_value_t = 0.4)]
    pub density: f64,
    /// Size of a step along the gradient
    #[arg(long, default_value_t = 10.0)]
    pub rate: f64,
    /// Most steps
    #[arg(long, default_value_t = 3000)]
    pub steps: usize,
    /// No progress line
    #[arg(short, long)]
    pub quiet: bool,
}

#[derive(Args)]
pub struct Study {
    #[command(flatten)]
    pub input: Input,
    /// Where to write; the ending says what: .html, .json, .svg or .png (one figure), .csv (simulate, diagram) or .zarr (simulate). Other endings, devices and pipes get what the verb writes by default (report: HTML, beside the circuit if no file is named)
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Analyze this fixed point (as numbered by fixed-points), even an unstable one
    #[arg(long, value_name = "N")]
    pub at: Option<usize>,
    /// Order of the Schur modes: sum-first, slow-first, real-part, overlap:E=1,I=-1 (or overlap:FILE), or positions: 1,0
    #[arg(long, default_value = "sum-first")]
    pub order: String,
    /// Amplification of what begins here: E, "unit E[3]", "mean E", or a list (default: anywhere)
    #[arg(long, value_name = "UNITS")]
    pub from: Option<String>,
    /// Amplification seen there: the same, or mean, the mean rates of all populations
    #[arg(long, value_name = "UNITS")]
    pub to: Option<String>,
    /// Seed of the search for fixed points
    #[arg(long, default_value_t = 1)]
    pub search_seed: u64,
    /// Number of random starts of that search (default: by size)
    #[arg(long, value_name = "N")]
    pub starts: Option<usize>,
    /// Stimulate a part of a population: a random fraction, I:0.3, or units, 'I[0],I[4]' (repeatable)
    #[arg(long, value_name = "PART")]
    pub perturb: Vec<String>,
    /// Seed of random parts, and of samples of uncertain weights
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Number of samples of uncertain weights (default: by the circuit's size)
    #[arg(long, value_name = "N")]
    pub samples: Option<usize>,
    /// Many runs at once, each with noise of its own: mean and standard deviation over them
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub trials: Option<u32>,
    /// Compare the run with the linearization, in units and Schur modes (`report` does)
    #[arg(long)]
    pub compare: bool,
    /// Draw a diagram along a parameter: E.h=-3:8, 'E.tau=5:40 ms', or without a range, which is then found
    #[arg(long, value_name = "ADDRESS=FROM:TO", allow_hyphen_values = true)]
    pub along: Vec<String>,
    /// What a joint parameter moves, addresses with gains, added to the file's values: --along drive=0:60 --drive 'E.h=1,I.h=1.1'
    #[arg(long, value_name = "GAINS", allow_hyphen_values = true)]
    pub drive: Option<String>,
    /// The population whose state a diagram shows first
    #[arg(long, value_name = "POPULATION")]
    pub show: Option<String>,
    /// How hard to look: at 33, 65 or 129 values of the parameter
    #[arg(long, value_name = "1..3", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=3))]
    pub effort: u8,
    /// Steady states only
    #[arg(long)]
    pub no_cycles: bool,
    /// The horizontal axis of a phase plane: a population, a unit, or a slow state such as 'adaptation of E' (default: the first)
    #[arg(long, value_name = "STATE")]
    pub x: Option<String>,
    /// Its vertical axis (default: the next one)
    #[arg(long, value_name = "STATE")]
    pub y: Option<String>,
    /// Everything on the terminal: all sentences and tables, and how far to trust them
    #[arg(long)]
    pub full: bool,
    /// Threads for trials and for the products of large circuits in a run; the results do not depend on it
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub threads: usize,
    /// No progress line
    #[arg(short, long)]
    pub quiet: bool,
    #[command(flatten)]
    pub pictures: Pictures,
}

/// Figures as files.
#[derive(Args)]
#[command(next_help_heading = "Figures")]
pub struct Pictures {
    /// Write every figure into this folder, for a paper: 85 or 170 mm wide
    #[arg(long, value_name = "DIR")]
    pub figures: Option<PathBuf>,
    /// Only the figure of this name (repeatable); with -o NAME.svg or NAME.png, that one file
    #[arg(long, value_name = "ID")]
    pub figure: Vec<String>,
    /// What --figures writes
    #[arg(long, value_enum, default_value_t = Format::Both)]
    pub format: Format,
    /// Dots per inch of PNG pictures
    #[arg(long, value_name = "DPI", default_value_t = 300, value_parser = clap::value_parser!(u16).range(30..=2400))]
    pub dpi: u16,
}

/// Forms of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Svg,
    Png,
    Both,
}

#[derive(Args)]
pub struct Sweep {
    #[command(flatten)]
    pub input: Input,
    /// An axis: 'W.E<-E=0.2:1.6:200', 'h=log 0.1:10:20', 'E.tau=10,20 ms' (repeatable; default: the file's
    /// [sweep])
    #[arg(long = "axis", value_name = "ADDRESS=VALUES", allow_hyphen_values = true)]
    pub axes: Vec<String>,
    /// What to find at every cell (repeatable; default: the file's, else everything)
    #[arg(long, value_name = "WHAT")]
    pub find: Vec<String>,
    /// The store (default: beside the circuit, .sweep.zarr)
    #[arg(short, long, value_name = "FOLDER")]
    pub output: Option<PathBuf>,
    /// Only the K-th of N parts: for job arrays
    #[arg(long, value_name = "K/N", default_value = "1/1")]
    pub shard: String,
    /// Threads (default: as many as the machine has cores)
    #[arg(long, value_name = "N")]
    pub threads: Option<usize>,
    /// Cells of a chunk along each axis, such as 16x16 (default: about a second of work)
    #[arg(long, value_name = "SIZES")]
    pub chunk: Option<String>,
    /// Only say how far the store is
    #[arg(long)]
    pub status: bool,
    /// Only read every finished chunk again, and say which files are missing, cut or altered
    #[arg(long, conflicts_with = "status")]
    pub verify: bool,
    /// Seed of the searches for fixed points
    #[arg(long, default_value_t = 1)]
    pub search_seed: u64,
    /// Number of random starts of each search (default: 30 up to ten units, then by size)
    #[arg(long, value_name = "N")]
    pub starts: Option<usize>,
    /// No progress bar
    #[arg(short, long)]
    pub quiet: bool,
}
