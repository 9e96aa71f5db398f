//! Which vector instructions the machine has, asked for at run time.

/// A computation that is compiled once for each set of instructions.
pub trait Compute {
    /// What it gives.
    type Output;
    /// To be `#[inline(always)]`, with all that it calls, so that it is compiled anew.
    fn compute<const FMA: bool>(self) -> Self::Output;
}

/// A set of vector instructions.
#[derive(Clone, Copy, Debug)]
pub enum Instructions {
    /// What every machine of this architecture has.
    Portable,
    /// AVX2 and FMA: four doubles at once.
    #[cfg(target_arch = "x86_64")]
    Avx2(pulp::x86::V3),
    /// AVX-512: eight doubles at once.
    #[cfg(target_arch = "x86_64")]
    Avx512(pulp::x86::V4),
}

/// A computation as `pulp` wants it.
#[cfg(target_arch = "x86_64")]
struct WithFma<C>(C);

#[cfg(target_arch = "x86_64")]
impl<C: Compute> pulp::NullaryFnOnce for WithFma<C> {
    type Output = C::Output;
    #[inline(always)]
    fn call(self) -> C::Output {
        self.0.compute::<true>()
    }
}

/// Whether even the portable code may use fused multiply-adds.
const ALWAYS_FMA: bool = cfg!(any(target_feature = "fma", target_arch = "aarch64"));

impl Instructions {
    /// All that this machine has, the best first.
    pub fn available() -> Vec<Instructions> {
        let mut sets = vec![Instructions::Portable];
        #[cfg(target_arch = "x86_64")]
        {
            sets.extend(pulp::x86::V3::try_new().map(Instructions::Avx2));
            sets.extend(pulp::x86::V4::try_new().map(Instructions::Avx512));
        }
        sets.reverse();
        sets
    }

    /// For long loops: the widest.
    #[inline]
    pub fn widest() -> Instructions {
        #[cfg(target_arch = "x86_64")]
        if let Some(token) = pulp::x86::V4::try_new() {
            return Instructions::Avx512(token);
        }
        Instructions::narrow()
    }

    /// For one value: fused multiply-adds are all that counts.
    #[inline]
    pub fn narrow() -> Instructions {
        #[cfg(target_arch = "x86_64")]
        if let Some(token) = pulp::x86::V3::try_new() {
            return Instructions::Avx2(token);
        }
        Instructions::Portable
    }

    /// Whether there are thirty-two registers of eight doubles.
    #[inline]
    pub fn is_wide(self) -> bool {
        match self {
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx512(_) => true,
            _ => false,
        }
    }

    /// Runs what was compiled for these instructions.
    #[inline(always)]
    pub fn run<C: Compute>(self, job: C) -> C::Output {
        match self {
            Instructions::Portable => job.compute::<ALWAYS_FMA>(),
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx2(token) => token.vectorize(WithFma(job)),
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx512(token) => token.vectorize(WithFma(job)),
        }
    }
}
