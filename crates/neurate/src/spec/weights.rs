//! `[W]` and `[G]`: weights pair by pair, and how all weights come together.

use super::connect;
use super::crowd::Crowd;
use super::cursor::Cursor;
use super::data::{self, FromFile, Given};
use super::keys::split_arrow;
use super::low_rank;
use super::pairs::{check_sign, choose, default_zero, missing_pairs};
use super::quantity::quantity;
use super::reader::Reader;
use super::space::{self, Grid};
use super::value::{Entry, Node};
use crate::model::unit::Unit;
use crate::model::{
    Blocks, Connections, Form, LowRankPattern, MAX_DENSE_UNITS, RandomBlock, Weights, draw_random_weights,
    low_rank_weights,
};
use neurate_numerics::budget;
use neurate_numerics::error::{Error, Place, Result};
use neurate_numerics::linalg::Matrix;
use std::sync::Arc;

/// Below this share of connections, a matrix is kept sparse.
const SPARSE: f64 = 0.25;
/// From this number of units on, weights that are equal between two populations are kept as one.
const STRUCTURED: usize = 512;
/// More possible connections than this are not drawn: it would take minutes.
const MAX_DRAWS: f64 = 1e10;

/// The tables that weights come from.
pub(super) struct Tables<'a> {
    pub w: Option<&'a Node>,
    pub g: Option<&'a Node>,
    pub connect: Option<&'a Node>,
    pub low_rank: Option<&'a Node>,
    pub space: Option<&'a Grid>,
    pub seed: Option<u64>,
    pub top: &'a Cursor<'a>,
}

/// The weights of one pair of populations.
enum Block {
    /// From each unit of the sender to each of the receiver.
    Uniform(f64),
    Matrix(Vec<f64>),
}

impl Block {
    fn is_uniform(&self) -> bool {
        matches!(self, Block::Uniform(_))
    }
}

/// All weights, before they are put together.
#[derive(Default)]
struct Collected {
    blocks: Vec<(usize, usize, Block)>,
    file: Option<FromFile>,
    random: Vec<RandomBlock>,
    low_rank: Vec<LowRankPattern>,
}

/// Reads all weights.
pub(super) fn read(reader: &Reader, crowd: &Crowd, tables: Tables) -> Result<Weights> {
    let conductance = reader.form == Form::Conductance;
    let (key, table, wrong) = if conductance { ("G", tables.g, tables.w) } else { ("W", tables.w, tables.g) };
    if let Some(node) = wrong {
        let (form, other) = (reader.form.name(), if conductance { "W" } else { "G" });
        return Err(node.error(format!("[{other}] does not belong to form = \"{form}\"")).with_help(
            format!("this form takes [{key}]; [G] holds conductances per rate, [W] signed weights"),
        ));
    }
    let unit = reader.units.weight(reader.form);
    let mut all = Collected::default();
    let random = connect::read(reader, crowd, tables.connect, unit.as_ref())?;
    all.low_rank = low_rank::read(reader, crowd, tables.low_rank, unit.as_ref())?;
    let pattern_drawn = all.low_rank.iter().any(|p| matches!(p, LowRankPattern::Drawn { .. }));
    let needs_seed =
        tables.connect.filter(|_| !random.is_empty()).or(tables.low_rank.filter(|_| pattern_drawn));
    if let (Some(node), None) = (needs_seed, tables.seed) {
        return Err(Error::invalid(
            "connections are drawn at random, the same ones for the same seed: the file needs one",
        )
        .with_help("write seed = 1 at the top")
        .at(node.place.clone()));
    }
    let drawn = |to: usize, from: usize| {
        !all.low_rank.is_empty()
            || random.iter().any(|b| b.to == crowd.range(to) && b.from == crowd.range(from))
    };
    match table {
        Some(node) => {
            let c = Cursor::new(node, &format!("[{key}]"), key, &reader.log)?;
            if c.quietly("file").is_some() {
                match data::read(reader, crowd, &c, unit.as_ref())? {
                    Given::Totals(totals) => all.blocks = equal_blocks(crowd, &totals),
                    Given::Weights(weights) => all.file = Some(weights),
                }
                if let Some(e) = c.unused().find(|e| split_arrow(&e.key).is_some()) {
                    return Err(Error::invalid(format!("[{key}] has a file and the pair \"{}\"", e.key))
                        .with_help("give all weights in the file, or all pair by pair")
                        .at(e.place.clone()));
                }
                c.finish()?;
            } else {
                all.blocks = pairs(reader, crowd, &c, unit.as_ref(), tables.space, &drawn)?;
            }
        }
        None if tables.connect.is_some() || tables.low_rank.is_some() || crowd.populations.len() == 1 => {
            if tables.connect.is_none() && tables.low_rank.is_none() {
                let name = &crowd.populations[0].name;
                tables.top.note(format!("{key}.{name}<-{name}"), || Some("0.0".into()));
            }
        }
        None => return Err(missing_pairs(crowd, key, &|_, _| false, tables.top.missing(key, "weights"))),
    }
    all.random = random;
    assemble(
        crowd,
        all,
        tables.seed,
        table.or(tables.connect).or(tables.low_rank).map_or(&crowd.place, |n| &n.place),
    )
}

/// Totals between populations, spread equally over the sending units.
fn equal_blocks(crowd: &Crowd, totals: &Matrix) -> Vec<(usize, usize, Block)> {
    let p = crowd.populations.len();
    let each = |to: usize, from: usize| totals[(to, from)] / crowd.populations[from].size as f64;
    (0..p * p).map(|k| (k / p, k % p, Block::Uniform(each(k / p, k % p)))).collect()
}

/// The pairs of the table: an exact pair counts before one with `*`.
fn pairs(
    reader: &Reader,
    crowd: &Crowd,
    c: &Cursor,
    unit: Option<&Unit>,
    space: Option<&Grid>,
    drawn: &dyn Fn(usize, usize) -> bool,
) -> Result<Vec<(usize, usize, Block)>> {
    let p = crowd.populations.len();
    for key in ["file", "default"] {
        c.quietly(key);
    }
    let default = default_zero(c)?;
    let chosen = choose(crowd, c, "weights")?;
    for key in ["layout", "order", "array", "units", "missing", "labels", "decimal", "index"] {
        if let Some(e) = c.unused().find(|e| e.key == key) {
            return Err(Error::invalid(format!("\"{key}\" belongs to weights from a file"))
                .with_help("add file = \"W.npy\", or leave it out")
                .at(e.place.clone()));
        }
    }
    c.finish()?;
    let mut blocks = Vec::new();
    for (k, entry) in chosen.iter().enumerate() {
        let (to, from) = (k / p, k % p);
        let address = c.address(&format!("{}<-{}", crowd.populations[to].name, crowd.populations[from].name));
        let kernel = entry.is_some_and(|e| e.node.entries().is_some());
        if (entry.is_some() || default) && !kernel {
            c.note(address, || Some(entry.map_or("0.0".to_string(), |e| e.node.render())));
        }
        if let Some(e) = entry {
            let block = if kernel {
                Block::Matrix(space::kernel(reader, crowd, e, (to, from), space, c, unit)?)
            } else {
                block(reader, crowd, e, to, from, unit)?
            };
            blocks.push((to, from, block));
        }
    }
    let given = |to: usize, from: usize| chosen[to * p + from].is_some() || drawn(to, from);
    if !default && p > 1 && (0..p * p).any(|k| !given(k / p, k % p)) {
        let slip = Error::invalid("pairs are missing").at(c.place.clone());
        return Err(missing_pairs(crowd, &c.address("").replace('.', ""), &given, slip));
    }
    Ok(blocks)
}

fn block(
    reader: &Reader,
    crowd: &Crowd,
    e: &Entry,
    to: usize,
    from: usize,
    unit: Option<&Unit>,
) -> Result<Block> {
    let (rows, cols) = (crowd.populations[to].size, crowd.populations[from].size);
    let what = format!("the weight \"{}\"", e.key);
    let Some(list) = e.node.items() else {
        let w = quantity(&e.node, &what, unit)?;
        check_sign(reader, crowd, w, (to, from), &e.node.place)?;
        return Ok(Block::Uniform(w / cols as f64));
    };
    let names = crowd.names();
    let shape = |node: &Node, got: String| {
        node.error(format!(
            "the weights to {} from {} must be {rows} x {cols} (rows receive); {got}",
            names[to], names[from]
        ))
        .with_help("a single number is the total weight that one receiving unit gets from the population")
    };
    if list.len() != rows {
        return Err(shape(&e.node, format!("there are {} rows", list.len())));
    }
    let mut all = Vec::with_capacity(rows * cols);
    for row in list.iter() {
        let Some(items) = row.items() else {
            return Err(shape(&row, "a row is a list of numbers".to_string()));
        };
        if items.len() != cols {
            return Err(shape(&row, format!("this row has {} numbers", items.len())));
        }
        for item in items.iter() {
            let w = quantity(&item, &what, unit)?;
            check_sign(reader, crowd, w, (to, from), &item.place)?;
            all.push(w);
        }
    }
    Ok(Block::Matrix(all))
}

/// Puts all weights into one matrix, sparse where that saves room.
fn assemble(crowd: &Crowd, all: Collected, seed: Option<u64>, place: &Place) -> Result<Weights> {
    let n = crowd.n();
    let size = |range: &std::ops::Range<usize>| range.len() as f64;
    let area = |to: usize, from: usize| size(&crowd.range(to)) * size(&crowd.range(from));
    let mut entries: f64 = all.random.iter().map(|b| b.p * size(&b.to) * size(&b.from)).sum();
    let draws: f64 = all.random.iter().map(|b| size(&b.to) * size(&b.from)).sum();
    let uniform = n >= STRUCTURED && all.file.is_none() && all.blocks.iter().all(|b| b.2.is_uniform());
    if uniform && all.random.is_empty() && all.low_rank.is_empty() {
        return equal_weights(crowd, &all.blocks).map(Weights::Blocks);
    }
    for (to, from, b) in &all.blocks {
        if !uniform && !matches!(b, Block::Uniform(0.0)) {
            entries += area(*to, *from);
        }
    }
    let mut sparse = n > MAX_DENSE_UNITS || !all.random.is_empty();
    if !all.low_rank.is_empty() {
        entries += n as f64 * n as f64;
    }
    if let Some(file) = &all.file {
        entries += file.entries() as f64;
        sparse |= file.is_sparse();
    }
    let whole = n as f64 * n as f64;
    sparse &= entries < SPARSE * whole;
    // A dense matrix from a file is there already.
    let own = sparse || !matches!(all.file, Some(FromFile::Dense(_)));
    check_room(n, (sparse, entries), (draws, own)).map_err(|e| e.at(place.clone()))?;
    let mut build = match &all.file {
        _ if sparse => Build::Sparse(Connections::new(n)?),
        // As it is: a second matrix of that size may be all the memory there is.
        Some(FromFile::Dense(m)) => Build::Dense(Arc::clone(m)),
        _ => Build::Dense(Arc::new(Matrix::zeros(n, n))),
    };
    let equal = (uniform && sparse).then(|| equal_weights(crowd, &all.blocks)).transpose()?;
    match all.file {
        Some(FromFile::Dense(m)) if sparse => {
            for i in 0..n {
                m.row(i).iter().enumerate().for_each(|(j, &w)| build.add(i, j, w));
            }
        }
        Some(FromFile::Sparse(triplets)) => triplets.into_iter().for_each(|(i, j, w)| build.add(i, j, w)),
        Some(FromFile::Dense(_)) | None => {}
    }
    for (to, from, block) in all.blocks.into_iter().filter(|_| equal.is_none()) {
        let cols = crowd.range(from);
        for (r, i) in crowd.range(to).enumerate() {
            for (c, j) in cols.clone().enumerate() {
                match &block {
                    Block::Uniform(w) => build.add(i, j, *w),
                    Block::Matrix(m) => build.add(i, j, m[r * cols.len() + c]),
                }
            }
        }
    }
    draw_random_weights(&all.random, seed.unwrap_or(0), |i, j, w| build.add(i, j, w))
        .map_err(|e| e.at(place.clone()))?;
    if !all.low_rank.is_empty() {
        let patterns =
            low_rank_weights(&all.low_rank, n, seed.unwrap_or(0)).map_err(|e| e.at(place.clone()))?;
        (0..n).for_each(|i| (0..n).for_each(|j| build.add(i, j, patterns[(i, j)])));
    }
    let built = match build {
        Build::Dense(m) => Weights::Dense(m),
        Build::Sparse(connections) => connections.into_sparse()?.into(),
    };
    Weights::sum(equal.map(Weights::Blocks).into_iter().chain([built]).collect())
}

/// Refuses more weights than there is room for, or more draws than there is time for.
fn check_room(n: usize, (sparse, entries): (bool, f64), (draws, own): (f64, bool)) -> Result<()> {
    let whole = n as f64 * n as f64;
    let limit = MAX_DENSE_UNITS as f64 * MAX_DENSE_UNITS as f64;
    if (!sparse && n > MAX_DENSE_UNITS) || entries > limit {
        let gigabytes = (if sparse { 10.0 * entries } else { 8.0 * whole }) / 1e9;
        return Err(Error::unsupported(format!(
            "weights between {n} units would take {gigabytes:.1} GB; at most {MAX_DENSE_UNITS} units have a weight each to all"
        ))
        .with_help("make the populations smaller, or connect them sparsely: [connect] with a small p, or a .mtx file; one number for each pair of populations is no matter of size"));
    }
    if own {
        // Of a sparse matrix: 16 bytes a connection while it is put together.
        let (count, each) = if sparse { (entries, 16) } else { (whole, size_of::<f64>() as u64) };
        let help = "make the populations smaller, or connect them sparsely: [connect] with a small p, or a .mtx file";
        budget::require(count as u64, "weights", each, help)?;
    }
    if draws > MAX_DRAWS {
        return Err(Error::unsupported(format!(
            "{draws:.0e} possible connections are too many to draw (at most {MAX_DRAWS:.0e})"
        ))
        .with_help("make the populations smaller, or give the connections in a .mtx file"));
    }
    Ok(())
}

/// Weights that are equal between two populations, one number for each pair.
fn equal_weights(crowd: &Crowd, blocks: &[(usize, usize, Block)]) -> Result<Blocks> {
    let sizes: Vec<usize> = crowd.populations.iter().map(|p| p.size).collect();
    let mut w = Matrix::zeros(sizes.len(), sizes.len());
    for (to, from, block) in blocks {
        if let Block::Uniform(weight) = block {
            w[(*to, *from)] += weight;
        }
    }
    Blocks::new(&sizes, w)
}

enum Build {
    Dense(Arc<Matrix>),
    Sparse(Connections),
}

impl Build {
    fn add(&mut self, to: usize, from: usize, w: f64) {
        match self {
            Build::Dense(m) => Arc::make_mut(m)[(to, from)] += w,
            Build::Sparse(_) if w == 0.0 => {}
            Build::Sparse(connections) => connections.add(to, from, w),
        }
    }
}
