//! The counter-based generator Philox4x32-10 (Salmon, Moraes, Dror & Shaw 2011, "Parallel random numbers: as easy as
//! 1, 2, 3"): ten rounds of multiplications that turn a counter and a key into 128 random bits.

const MULTIPLIERS: [u64; 2] = [0xD251_1F53, 0xCD9E_8D57];
const WEYL: [u32; 2] = [0x9E37_79B9, 0xBB67_AE85];
const LOW: u64 = 0xffff_ffff;

/// The random bits of a counter under a key.
///
/// ```
/// assert_eq!(neurate_numerics::random::philox([0; 4], [0; 2]), [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
/// ```
#[must_use]
pub fn philox(counter: [u32; 4], key: [u32; 2]) -> [u32; 4] {
    rounds(counter.map(u64::from), key).map(|x| x as u32)
}

/// All rounds. Words stand in the lower halves of 64 bits, as vector instructions multiply them; upper halves of what
/// comes out are not zero.
#[inline(always)]
pub(super) fn rounds(mut c: [u64; 4], mut key: [u32; 2]) -> [u64; 4] {
    for _ in 0..10 {
        let p = [MULTIPLIERS[0] * (c[0] & LOW), MULTIPLIERS[1] * (c[2] & LOW)];
        c = [(p[1] >> 32) ^ c[1] ^ u64::from(key[0]), p[1], (p[0] >> 32) ^ c[3] ^ u64::from(key[1]), p[0]];
        key = [key[0].wrapping_add(WEYL[0]), key[1].wrapping_add(WEYL[1])];
    }
    c
}

#[cfg(test)]
mod tests {
    use super::philox;

    #[test]
    fn known_answers() {
        // Random123 1.14, tests/kat_vectors, philox4x32 with 10 rounds.
        let all = u32::MAX;
        let pi = [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344];
        for (counter, key, bits) in [
            ([0; 4], [0; 2], [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
            ([all; 4], [all; 2], [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]),
            (pi, [0xa409_3822, 0x299f_31d0], [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]),
        ] {
            assert_eq!(philox(counter, key), bits);
        }
    }
}
