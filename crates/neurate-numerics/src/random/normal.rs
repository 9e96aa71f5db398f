//! Normal numbers from random bits, without a branch (Box & Muller 1958).

use super::philox::rounds;
use crate::special::elementary::{ln, mul_add, polynomial};
use crate::special::instructions::Compute;
use std::f64::consts::FRAC_PI_2;

/// `(sin x - x)/x^3` and `(cos x - 1 + x^2/2)/x^4` in `x^2` up to `pi/4`, to 1e-17: fdlibm's `k_sin.c` and `k_cos.c`
/// (Sun Microsystems 1993).
const SINE: [f64; 6] = [
    -1.666_666_666_666_663_2e-1,
    8.333_333_333_322_49e-3,
    -1.984_126_982_985_795e-4,
    2.755_731_370_707_006_8e-6,
    -2.505_076_025_340_686_3e-8,
    1.589_690_995_211_55e-10,
];
const COSINE: [f64; 6] = [
    4.166_666_666_666_66e-2,
    -1.388_888_888_887_411e-3,
    2.480_158_728_947_673e-5,
    -2.755_731_435_139_066_3e-7,
    2.087_572_321_298_175e-9,
    -1.135_964_755_778_819_5e-11,
];

const ONE: u64 = 0x3ff0_0000_0000_0000;
const LOW: u64 = 0xffff_ffff;
/// Numbers that are used together come from one counter: this many.
pub const ROWS: usize = 4;
/// Counters at once.
const CHUNK: usize = 128;

/// Two independent normal numbers from 64 bits.
#[inline(always)]
fn pair<const FMA: bool>(low: u64, high: u64) -> [f64; 2] {
    // The upper 40 bits: (k + 1/2)/2^40, inside 0 to 1.
    let radius = (high << 20) | ((low & 0xff00_0000) >> 12) | 0x800;
    let u = 2.0 - f64::from_bits(ONE | radius);
    let radius = (-2.0 * ln::<FMA>(u)).sqrt();
    // 22 bits: the angle from the nearest axis, -pi/4 to pi/4; two more say which axis.
    let angle = (f64::from_bits(ONE | ((low & 0x3f_ffff) << 30) | (1 << 29)) - 1.5) * FRAC_PI_2;
    let square = angle * angle;
    let s = mul_add::<FMA>(angle * square, polynomial::<FMA, _>(&SINE, square), angle);
    let c = polynomial::<FMA, _>(&COSINE, square);
    let c = mul_add::<FMA>(square * square, c, mul_add::<FMA>(-0.5, square, 1.0));
    let (x, y) = if low & (1 << 22) == 0 { (c, s) } else { (s, c) };
    let radius = f64::from_bits(radius.to_bits() ^ ((low & (1 << 23)) << 40));
    [radius * x, radius * y]
}

/// See [`super::Stream::normals`].
pub(super) struct Fill<'a> {
    pub first: [u32; 4],
    pub along: usize,
    pub key: [u32; 2],
    pub out: [&'a mut [f64]; ROWS],
}

impl Compute for Fill<'_> {
    type Output = ();

    #[inline(always)]
    fn compute<const FMA: bool>(self) {
        let Fill { first, along, key, out: [a, b, c, d] } = self;
        let mut rising = [0; 4];
        rising[along] = LOW;
        // Bits first, numbers then: all at once needs more registers than there are.
        let mut bits = [[0u64; CHUNK]; 2];
        let chunks =
            a.chunks_mut(CHUNK).zip(b.chunks_mut(CHUNK)).zip(c.chunks_mut(CHUNK)).zip(d.chunks_mut(CHUNK));
        for (k, (((a, b), c), d)) in chunks.enumerate() {
            let n = a.len();
            let (b, c, d) = (&mut b[..n], &mut c[..n], &mut d[..n]);
            let [p, q] = &mut bits;
            let (p, q) = (&mut p[..n], &mut q[..n]);
            for i in 0..n {
                // A word that overflows begins again: `rounds` takes the lower half where it multiplies, and the
                // others' upper halves are never read.
                let at = (k * CHUNK + i) as u64;
                let w = rounds(std::array::from_fn(|w| u64::from(first[w]) + (at & rising[w])), key);
                p[i] = (w[0] & LOW) | (w[1] << 32);
                q[i] = (w[2] & LOW) | (w[3] << 32);
            }
            for i in 0..n {
                [a[i], b[i]] = pair::<FMA>(p[i] & LOW, p[i] >> 32);
            }
            for i in 0..n {
                [c[i], d[i]] = pair::<FMA>(q[i] & LOW, q[i] >> 32);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Stream;
    use crate::special::{erfc, instructions::Instructions};

    fn draw(seed: u64, first: [u32; 4], along: usize, n: usize) -> [Vec<f64>; 4] {
        let mut rows = [(); 4].map(|()| vec![0.0; n]);
        Stream::new(seed).normals(first, along, rows.each_mut().map(|r| &mut r[..]));
        rows
    }

    #[test]
    fn moments_and_distribution() {
        let n = 1 << 18;
        let mut all: Vec<f64> = draw(1, [7, 0, 3, 0], 1, n).concat();
        let count = all.len() as f64;
        // Moments of order p: mean (p-1)!!, standard error sqrt(((2p-1)!! - (p-1)!!^2)/count). All within 4 of them.
        for (p, mean, square) in [
            (1, 0.0, 1.0),
            (2, 1.0, 3.0),
            (3, 0.0, 15.0),
            (4, 3.0, 105.0),
            (5, 0.0, 945.0),
            (6, 15.0, 10395.0),
        ] {
            let measured = all.iter().map(|z| z.powi(p)).sum::<f64>() / count;
            let error = f64::sqrt((square - mean * mean) / count);
            assert!((measured - mean).abs() < 4.0 * error, "order {p}: {measured} +- {error}");
        }
        // Kolmogorov and Smirnov: beyond 1.95/sqrt(n) in one of 1,000 draws.
        all.sort_by(f64::total_cmp);
        let distance = all.iter().enumerate().fold(0.0, |worst: f64, (k, z)| {
            let below = 0.5 * erfc(-z / std::f64::consts::SQRT_2);
            worst.max((below - k as f64 / count).abs()).max((below - (k + 1) as f64 / count).abs())
        });
        assert!(distance < 1.95 / count.sqrt(), "{distance:e}");
        // The tails: beyond 4 are 6.33e-5 of all, 66 +- 8.
        let far = all.iter().filter(|z| z.abs() > 4.0).count() as f64;
        assert!((far - 6.334e-5 * count).abs() < 4.0 * (6.334e-5 * count).sqrt(), "{far} beyond 4");
    }

    #[test]
    fn nothing_beside_is_correlated() {
        let n = 1 << 17;
        let rows = draw(5, [0, 0, 0, 0], 2, n);
        let next_step = draw(5, [1, 0, 0, 0], 2, n);
        let next_unit = draw(5, [0, 1, 0, 0], 2, n);
        let other_seed = draw(6, [0, 0, 0, 0], 2, n);
        // 4 standard errors of a correlation, also of the squares (whose variance is 2).
        let limit = 4.0 / (n as f64).sqrt();
        let alike = |a: &[f64], b: &[f64], what: &str| {
            let mean = |f: &dyn Fn(f64, f64) -> f64| {
                a.iter().zip(b).map(|(x, y)| f(*x, *y)).sum::<f64>() / a.len() as f64
            };
            let linear = mean(&|x, y| x * y);
            let squares = mean(&|x, y| (x * x - 1.0) * (y * y - 1.0)) / 2.0;
            assert!(linear.abs() < limit && squares.abs() < limit, "{what}: {linear:e} {squares:e}");
        };
        for a in 0..4 {
            (0..a).for_each(|b| alike(&rows[a], &rows[b], "rows"));
            alike(&rows[a], &next_step[a], "steps");
            alike(&rows[a], &next_unit[a], "units");
            alike(&rows[a], &other_seed[a], "seeds");
            alike(&rows[a][1..], &rows[a][..n - 1], "lanes");
        }
    }

    #[test]
    fn extremes_and_all_instructions() {
        // The largest radius, and the smallest.
        let largest = pair::<false>(0, LOW);
        assert!(pair::<false>(0xff00_0000, LOW).iter().all(|z| z.is_finite()));
        let radius = (largest[0].powi(2) + largest[1].powi(2)).sqrt();
        assert!(
            radius < 7.54
                && pair::<false>(0xff00_0000, LOW)[0].hypot(pair::<false>(0xff00_0000, LOW)[1]) > 7.5
        );
        let smallest = pair::<false>(0, 0);
        assert!(smallest[0].hypot(smallest[1]) < 1e-6 && smallest[0].hypot(smallest[1]) > 9e-7);
        // Words that overflow begin again; every set of instructions gives what one does.
        let first = [3, u32::MAX - 2, 9, 1];
        let rows = draw(11, first, 1, 337);
        assert_eq!(rows[2][5], draw(11, [3, 2, 9, 1], 1, 1)[2][0]);
        for set in Instructions::available() {
            let mut again = [(); 4].map(|()| vec![0.0; 337]);
            let out = again.each_mut().map(|r| &mut r[..]);
            set.run(Fill { first, along: 1, key: [11, 0], out });
            for (a, b) in rows.concat().iter().zip(again.concat()) {
                // Without fused multiply-adds the last bits differ.
                assert!((a - b).abs() <= 1e-15 * (1.0 + a.abs()), "{a} {b}");
                if !matches!(set, Instructions::Portable) {
                    assert_eq!(*a, b);
                }
            }
        }
    }

    #[test]
    fn sine_and_cosine() {
        for k in 0..4096u64 {
            let low = (k << 10) & 0x3f_ffff;
            let [x, y] = pair::<true>(low, 0x8000_0000);
            let r = (-2.0 * (0.5 - 0.5f64.powi(41)).ln()).sqrt();
            let angle = ((low as f64 + 0.5) / f64::powi(2.0, 22) - 0.5) * FRAC_PI_2;
            assert!((x - r * angle.cos()).abs() < 4e-16 && (y - r * angle.sin()).abs() < 4e-16, "{k}");
        }
    }
}
