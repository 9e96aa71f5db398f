use super::structure::lane;
use super::*;
use neurate_numerics::special::instructions::Instructions;
use proptest::prelude::*;
use proptest::test_runner::Config;

/// A reproducible number in -1 to 1.
fn value(k: usize) -> f64 {
    (k as f64 * 12.9898).sin() * 43758.5453 % 1.0
}

fn matrix(rows: usize, cols: usize, k: usize) -> Matrix {
    Matrix::from_fn(rows, cols, |i, j| value(k + 31 * i + j))
}

/// Every structure, small.
fn structures(k: usize, a: usize, b: usize) -> Vec<Weights> {
    let kernels = |count: usize, places: usize| -> Vec<Vec<f64>> {
        (0..count).map(|c| (0..places).map(|p| value(k + 100 * c + p)).collect()).collect()
    };
    let n = 2 * a * b;
    let mut connections = Connections::new(n).unwrap();
    for e in 0..3 * n {
        let at = |s: usize| ((value(k + s * e) + 1.0) * 0.5 * n as f64) as usize;
        connections.add(at(3).min(n - 1), at(7).min(n - 1), value(e));
    }
    let simple = vec![
        matrix(n, n, k).into(),
        Weights::from(connections.into_sparse().unwrap()),
        Weights::Blocks(Blocks::new(&[a, n - a], matrix(2, 2, k)).unwrap()),
        Weights::LowRank(LowRank::new(matrix(n, 3, k), &matrix(n, 3, k + 7)).unwrap()),
        Weights::Circulant(Circulant::ring(kernels(4, a * b)).unwrap()),
        Weights::Circulant(Circulant::torus(a, b, kernels(4, a * b)).unwrap()),
        Weights::Circulant(Circulant::torus(2 * a, b, kernels(1, n)).unwrap()),
    ];
    let sum = Weights::sum(simple[1..].to_vec()).unwrap();
    simple.into_iter().chain([sum]).collect()
}

/// `n eps` times the sum of products' sizes bounds the rounding of any order of summation, and of a
/// Fourier transform, whose errors grow with `log n` but spread over all places.
fn close(ours: f64, plain: f64, n: usize, size: f64) -> bool {
    (ours - plain).abs() <= 2.0 * n as f64 * f64::EPSILON * size
}

proptest! {
    #![proptest_config(Config { cases: 48, failure_persistence: None, ..Config::default() })]
    #[test]
    fn products_agree_with_the_dense_matrix(k in 0usize..10_000, a in 1usize..9, b in 1usize..9, lanes in 1usize..19) {
        for w in structures(k, a, b) {
            let (n, dense) = (w.n(), w.to_dense());
            let r: Vec<f64> = (0..n * lanes).map(|e| value(k + 5 * e)).collect();
            let mut many = vec![f64::NAN; n * lanes];
            w.apply_many(&r, lanes, &mut many);
            for e in 0..lanes {
                let one: Vec<f64> = lane(&r, lanes, e).collect();
                let mut out = vec![f64::NAN; n];
                w.apply(&one, &mut out);
                for i in 0..n {
                    let plain: f64 = dense.row(i).iter().zip(&one).map(|(w, r)| w * r).sum();
                    // The parts of a sum may cancel, and a transform mixes all places: at most 8 n in size.
                    let size = 8.0 * n as f64;
                    prop_assert!(close(out[i], plain, n, size), "{w:?}: {} for {plain}", out[i]);
                    prop_assert!(close(many[i * lanes + e], plain, n, size), "{w:?}, {lanes} lanes");
                }
            }
        }
    }

    #[test]
    fn representatives_show_every_value(k in 0usize..10_000, a in 1usize..6, b in 1usize..6, cut in 1usize..20) {
        for w in structures(k, a, b).into_iter().filter(|w| !matches!(w, Weights::Sum(_))) {
            let cut = cut.min(w.n() - 1);
            let groups = [0..cut, cut..w.n()];
            let group = |i: usize| usize::from(i >= cut);
            let mut shown = vec![Vec::new(); 4];
            w.representatives(&groups, |to, from, x| shown[2 * group(to) + group(from)].push(x));
            let dense = w.to_dense();
            let mut wrong = None;
            w.for_each(|to, from, x| {
                // Low-rank weights round alike, as they are computed alike.
                if !shown[2 * group(to) + group(from)].contains(&x) || dense[(to, from)] != x {
                    wrong = Some((to, from, x));
                }
            });
            prop_assert_eq!(wrong, None, "{:?}", w);
        }
    }
}

#[test]
fn rows_receive_and_doubled_entries_add() {
    let csr = Sparse::from_triplets(3, vec![(0, 1, 2.0), (2, 0, -1.0), (0, 1, 0.5), (0, 0, 0.0)]).unwrap();
    assert_eq!((csr.entries(), csr.row(0).collect::<Vec<_>>()), (3, vec![(0, 0.0), (1, 2.5)]));
    let w = Weights::from(csr);
    let mut out = [0.0; 3];
    w.apply(&[1.0, 10.0, 100.0], &mut out);
    assert_eq!((out, w.nonzeros()), ([25.0, 0.0, -1.0], 2));
    assert!(Sparse::from_triplets(2, vec![(0, 2, 1.0)]).is_err());
}

/// Enough columns for several blocks, of each width; rows that do not fill a window; every set of instructions.
#[test]
fn columns_in_several_blocks() {
    for (n, inputs) in [(20_001, 200), (30_000, 50), (70_003, 3)] {
        let mut connections = Connections::new(n).unwrap();
        let mut expected = vec![0.0; n];
        let r: Vec<f64> = (0..n).map(|j| value(j) * 8.0).collect();
        // Not in the order of the columns, and 0, 1 or 2 times the same; some rows are much longer, some empty.
        for i in (0..n).rev() {
            let count = [inputs, inputs, 5 * inputs, 0][if i % 100 < 97 { 0 } else { i % 100 - 96 }];
            for e in 0..count {
                let j = (i * 7919 + (e - e % 5) * 104_729) % n;
                connections.add(i, j, 0.25);
                expected[i] += 0.25 * r[j];
            }
        }
        let w = Weights::from(connections.into_sparse().unwrap());
        let Weights::Sparse(sparse) = &w else { unreachable!() };
        let senders: Vec<usize> = sparse.row(5).map(|e| e.0).collect();
        assert!(senders.is_sorted_by(|a, b| a < b) && *senders.last().unwrap() > 16_384);
        assert_eq!(sparse.row(5).map(|e| e.1).sum::<f64>(), 0.25 * inputs as f64);
        assert_eq!(sparse.row(99).count(), 0);
        // At most 1,000 products below 2.
        let close = |a: f64, b: f64| (a - b).abs() < 1000.0 * 2000.0 * f64::EPSILON;
        let lines: Vec<[f64; 8]> = r.iter().map(|r| [*r; 8]).collect();
        // A quarter has no digits to lose.
        for w in [sparse, &sparse.single()] {
            for set in Instructions::available() {
                let mut out = vec![0.0; n];
                w.add_rows_with(set, 0, &r, &mut out);
                let mut eight = vec![[0.0; 8]; n];
                w.add_eight(set, &lines, &mut eight);
                for i in 0..n {
                    assert!(close(out[i], expected[i]) && close(eight[i][3], expected[i]), "row {i}");
                }
                // Some rows alone: the same bits.
                let mut some = vec![0.0; 301];
                w.add_rows_with(set, 777, &r, &mut some);
                assert_eq!(some[..], out[777..1078]);
            }
        }
    }
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let n = 901;
    let mut connections = Connections::new(n).unwrap();
    for e in 0..600_000 {
        connections.add(e * 7919 % n, e * e % n * 31 % n, value(e));
    }
    let sparse = Weights::from(connections.into_sparse().unwrap());
    let blocks = Weights::Blocks(Blocks::new(&[1, n - 1], matrix(2, 2, 5)).unwrap());
    let r: Vec<f64> = (0..n).map(value).collect();
    for w in [Weights::from(matrix(n, n, 3)), sparse.clone(), Weights::sum(vec![blocks, sparse]).unwrap()] {
        let mut one = vec![f64::NAN; n];
        w.apply(&r, &mut one);
        for threads in [0, 1, 2, 3, 8] {
            let mut many = vec![f64::NAN; n];
            w.apply_on(threads, &r, &mut many);
            assert_eq!(one, many, "{threads} threads");
        }
    }
}

#[test]
fn a_ring_by_hand() {
    // One unit drives the next one around the ring: W[x, x - 1] = 1.
    let w = Weights::Circulant(Circulant::ring(vec![vec![0.0, 1.0, 0.0, 0.0, 0.0]]).unwrap());
    assert_eq!((w.to_dense()[(1, 0)], w.to_dense()[(0, 4)], w.nonzeros()), (1.0, 1.0, 5));
    // On a torus of 2 x 3: from one row and two columns before.
    let mut kernel = vec![0.0; 6];
    kernel[3 + 2] = 1.0;
    let w = Weights::Circulant(Circulant::torus(2, 3, vec![kernel]).unwrap());
    assert_eq!((w.to_dense()[(5, 0)], w.to_dense()[(1, 5)]), (1.0, 1.0));
}

#[test]
fn totals_do_not_change_with_sizes() {
    let totals = Matrix::from_rows(&[[2.0, -3.0], [4.0, -1.0]]);
    let w = Weights::Blocks(Blocks::from_totals(&[4_000_000, 1_000_000], &totals).unwrap());
    let mut out = vec![0.0; 5_000_000];
    w.apply(&vec![1.0; 5_000_000], &mut out);
    // 4e6 equal terms in 32 partial sums, all exact, times a rounded share.
    assert!((out[0] + 1.0).abs() < 1e-15 && (out[4_999_999] - 3.0).abs() < 1e-15);
    assert_eq!(w.nonzeros(), 25_000_000_000_000);
    assert_eq!(w.memory(), 4 * 8 + 3 * 8);
}

#[test]
fn what_does_not_fit_is_refused() {
    assert!(Blocks::new(&[1, 2], Matrix::zeros(2, 3)).is_err());
    assert!(Blocks::new(&[1, 0], Matrix::zeros(2, 2)).is_err());
    assert!(Blocks::new(&[1], Matrix::from_rows(&[[f64::NAN]])).is_err());
    assert!(LowRank::new(Matrix::zeros(3, 2), &Matrix::zeros(3, 1)).is_err());
    assert!(LowRank::new(Matrix::from_rows(&[[1e200]]), &Matrix::from_rows(&[[1e200]])).is_err());
    assert!(Circulant::ring(vec![vec![1.0]; 3]).is_err());
    assert!(Circulant::ring(vec![vec![]]).is_err());
    assert!(Circulant::ring(vec![vec![f64::INFINITY]]).is_err());
    assert!(Circulant::torus(2, 2, vec![vec![1.0; 3]]).is_err());
    assert!(Weights::sum(vec![]).is_err());
    assert!(Weights::sum(vec![Matrix::zeros(2, 2).into(), Matrix::zeros(3, 3).into()]).is_err());
    assert!(Connections::new(1 << 40).is_err());
}

#[test]
fn single_precision_loses_what_rounding_the_weights_loses() {
    let n = 150;
    let w = Matrix::from_fn(n, n, |i, j| ((i * 31 + j * 17) as f64 * 12.9898).sin());
    let weights = Weights::sum(vec![
        w.clone().into(),
        Weights::Blocks(Blocks::new(&[n], Matrix::identity(1)).unwrap()),
    ])
    .unwrap();
    let single = weights.single();
    assert_eq!(single.memory(), weights.memory() - 4 * n * n);
    let rounded = Weights::sum(vec![
        w.map(|w| f64::from(w as f32)).into(),
        Weights::Blocks(Blocks::new(&[n], Matrix::identity(1)).unwrap()),
    ])
    .unwrap();
    let lanes = 3;
    let r: Vec<f64> = (0..n * lanes).map(|k| (k as f64 * 0.7).cos()).collect();
    let (mut a, mut b) = (vec![0.0; n], vec![0.0; n]);
    for threads in [1, 3] {
        single.apply_on(threads, &r[..n], &mut a);
        rounded.apply_on(threads, &r[..n], &mut b);
        // Sums in the same order: the same bits.
        assert_eq!(a, b);
        single.apply_rows(threads, 10..25, &r[..n], &mut a[..15]);
        assert_eq!(a[..15], b[10..25]);
    }
    let (mut a, mut b) = (vec![0.0; n * lanes], vec![0.0; n * lanes]);
    single.apply_many(&r, lanes, &mut a);
    rounded.apply_many(&r, lanes, &mut b);
    a.iter().zip(&b).for_each(|(a, b)| assert!((a - b).abs() <= 1e-13 * n as f64, "{a} {b}"));
    let back = single.to_dense();
    assert!(back.sub(&rounded.to_dense()).max_abs() == 0.0);
    assert!(back.sub(&weights.to_dense()).max_abs() <= 6e-8);
}
