//! The sizes at which a report draws, names or lists something. They limit what is shown, never what is computed: the
//! sizes above which a part of an answer is missing stand in [`crate::answers::limits`].

// Figures.

/// Units up to which a matrix over units is drawn entry by entry. More entries than pixels cannot be seen, and the page
/// carries every number of a figure (160,000 here).
pub(super) const DRAWN_UNITS: usize = 400;
/// Units up to which they are named beside a matrix over them. Correlations are drawn between units up to here, above
/// between populations: without names nobody could find a pair.
pub(super) const NAMED_UNITS: usize = 40;
/// Units up to which they are named below patterns. Several patterns share the width of a matrix.
pub(super) const NAMED_PATTERN_UNITS: usize = 12;
/// Populations up to which they are drawn as a circuit. The links of more cross too often to be followed.
pub(super) const CIRCUIT_NODES: usize = 10;
/// Schur modes up to which they are drawn as a chain; more are drawn as a matrix. 15 links can be followed.
pub(super) const CHAIN_MODES: usize = 6;
/// The first eigenmodes or Schur modes, whose patterns are drawn.
pub(super) const MODE_PATTERNS: usize = 4;
/// The initial patterns of most energy that are drawn.
pub(super) const ENERGY_PATTERNS: usize = 3;
/// Spatial waves in each direction from the uniform one, drawn as a map. Faster ones hardly differ from each other.
pub(super) const DRAWN_WAVES: i64 = 12;
/// Units up to which each has a curve over time; above, populations have one. As many colors and labels can be told
/// apart.
pub(super) const UNIT_CURVES: usize = 8;
/// Schur modes that have a curve over time, the largest.
pub(super) const MODE_CURVES: usize = 5;
/// Schur modes whose parts have a figure of curves over time, the largest.
pub(super) const FED_MODE_FIGURES: usize = 2;
/// Inhibitory populations that have a figure of their response by the part that is stimulated.
pub(super) const PART_FIGURES: usize = 3;
/// Populations up to which coherence and lagged covariance have a curve for each pair: 15 curves.
pub(super) const NOISE_CURVE_POPULATIONS: usize = 6;
/// Populations up to which the responses by frequency are drawn for each pair; above, only in phase to a population's
/// own input. Each population has two figures, with a curve for each.
pub(super) const FREQUENCY_FIGURE_POPULATIONS: usize = 4;

/// Populations whose state a diagram draws, the one that is shown first among them.
pub(super) const DIAGRAM_POPULATIONS: usize = 6;

// Tables.

/// Changes of the operating point over single parameters, the nearest.
pub(super) const CHANGE_ROWS: usize = 12;
/// Rows of a table of units or modes; of more the first or slowest are listed, or there is no table.
pub(super) const TABLE_ROWS: usize = 12;
/// Populations up to which they are the columns of a table. Wider tables are not legible.
pub(super) const TABLE_COLUMNS: usize = 10;
/// Rows of a table of the rightmost roots, with delays or of spiking neurons: those to the left decay at once.
pub(super) const ROOT_ROWS: usize = 8;
/// Complex pairs in the table of rotations.
pub(super) const ROTATION_ROWS: usize = 4;
/// Initial patterns in the table of energies.
pub(super) const ENERGY_ROWS: usize = 5;
/// Senders of both signs in the table of them, the most mixed first.
pub(super) const MIXED_SENDER_ROWS: usize = 8;
/// Pairs of populations up to which each has a row in the table of synapses; above, pairs with the same synapses share
/// one.
pub(super) const SYNAPSE_ROWS: usize = 16;
/// Populations up to which the statistics of the weights between them have a row for each pair: 144 rows.
pub(super) const WEIGHT_BLOCK_POPULATIONS: usize = 12;
/// Populations up to which the uncertainty of the response has a row for each pair: 64 rows.
pub(super) const UNCERTAIN_PAIR_POPULATIONS: usize = 8;
/// Units, or else populations, up to which their rates stand in columns of the table of fixed points, before stability;
/// above, in a table of their own.
pub(super) const FIXED_POINT_COLUMNS: usize = 4;
/// Fixed points that have a column in that table of their own.
pub(super) const FIXED_POINTS_IN_COLUMNS: usize = 4;
/// Units up to which the components of eigenvectors are written out.
pub(super) const WRITTEN_VECTOR_UNITS: usize = 8;
/// Units up to which the steps of Gram and Schmidt are shown: a row has three vectors.
pub(super) const GRAM_SCHMIDT_UNITS: usize = 6;
/// Modes of a cluster that are named in its row.
pub(super) const CLUSTER_ROW_MODES: usize = 8;
/// Pairs of populations up to which they are named in the row of their synapses.
pub(super) const SYNAPSE_ROW_PAIRS: usize = 3;

/// States that are named with their values at a special point; of more, the mean of the population that is shown.
pub(super) const POINT_STATES: usize = 4;

// Sentences.

/// Units or trials that are named in a sentence, the first of those that it is about.
pub(super) const NAMED_IN_SENTENCE: usize = 5;
/// Populations that are named where one sentence is about too many.
pub(super) const NAMED_POPULATIONS: usize = 3;
/// Units at a kink up to which a sentence names each; of more it gives the number.
pub(super) const NAMED_AT_KINK: usize = 6;
/// Terms of a combination that is written as a sum, the largest.
pub(super) const WRITTEN_TERMS: usize = 5;
/// Outliers of a random matrix whose values a sentence gives.
pub(super) const NAMED_OUTLIERS: usize = 4;
/// Clusters of eigenvalues that have a sentence each.
pub(super) const CLUSTER_SENTENCES: usize = 3;
/// Modes of a cluster up to which a sentence names each; of more it gives the number.
pub(super) const CLUSTER_SENTENCE_MODES: usize = 12;
/// Sources of a mode's activity that a sentence names, the largest.
pub(super) const NAMED_SOURCES: usize = 4;
/// Parameters that a sentence names as the main causes of an uncertainty.
pub(super) const NAMED_CAUSES: usize = 3;
/// Pairs of populations up to which each has a sentence on its coherence.
pub(super) const COHERENCE_SENTENCES: usize = 3;
/// Units from which a remark says why there is no prediction from random matrices. Nobody expects one of fewer.
pub(super) const RANDOM_MATRIX_REMARK_FROM: usize = 20;

// Inside drawings.

/// Rows and columns up to which the numbers are written into the cells of a matrix.
pub(super) const WRITTEN_CELLS: usize = 12;
/// Cells of a matrix up to which each is a rectangle with words of its own; above, all are one picture.
pub(super) const CELL_RECTANGLES: usize = 900;
/// Rows, columns or units up to which a drawing has room for the name of each.
pub(super) const DRAWN_NAMES: usize = 24;
/// Units of a pattern up to which each can be pointed at.
pub(super) const POINTED_UNITS: usize = 100;
/// Numbers that can be read in the drawing of a circuit.
pub(super) const CIRCUIT_NUMBERS: usize = 14;
