//! How much memory may be asked for: a share of what the machine has, or what was allowed.
//!
//! What a computation takes is known before it is taken: rows times columns, entries, cells. A request that cannot be met
//! is refused in words here, before the system ends the process.

use crate::error::{Error, Result};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// Taken for the machine's memory where the system does not say how much it has.
const UNKNOWN: u64 = if cfg!(target_pointer_width = "32") { 2 << 30 } else { 16 << 30 };
/// The part of the machine's memory that may be used, as a divisor: the rest is for copies, and for other programs.
const SHARE: u64 = 2;

/// What was allowed, in bytes; 0: nothing was said.
static ALLOWED: AtomicU64 = AtomicU64::new(0);

/// Lets the whole process use so many bytes, whatever the machine has.
pub fn allow(bytes: u64) {
    ALLOWED.store(bytes.max(1), Ordering::Relaxed);
}

/// Bytes that may be used: what was [allowed](allow), else half of what the machine has.
pub fn allowed() -> u64 {
    static SHARE_OF_MACHINE: OnceLock<u64> = OnceLock::new();
    match ALLOWED.load(Ordering::Relaxed) {
        0 => *SHARE_OF_MACHINE.get_or_init(|| machine() / SHARE),
        bytes => bytes,
    }
}

/// The product of sizes, at most 2^64 - 1.
pub fn product(sizes: &[usize]) -> u64 {
    sizes.iter().fold(1, |all: u64, size| all.saturating_mul(*size as u64))
}

/// Refuses `count` things of `each` bytes that take more than may be used. `noun` is what they are, as in "3 rows";
/// `help` is what would take less.
///
/// # Errors
/// They take too much: with their number, their size, and how many would fit.
pub fn require(count: u64, noun: &str, each: u64, help: &str) -> Result<()> {
    within(allowed(), count, noun, each, help)
}

fn within(allowed: u64, count: u64, noun: &str, each: u64, help: &str) -> Result<()> {
    let bytes = u128::from(count) * u128::from(each);
    if bytes <= u128::from(allowed) {
        return Ok(());
    }
    let fit = allowed / each.max(1);
    Err(Error::unsupported(format!(
        "{count} {noun} take {} of memory, more than the {} that may be used; {fit} would fit",
        in_words(bytes),
        in_words(u128::from(allowed))
    ))
    .with_help(format!("{help}; --memory 40GB allows more")))
}

/// Makes room for `count` more values, or says that there is none: a request within the budget fails where the system gives
/// less than it promised.
///
/// # Errors
/// The system refuses.
pub fn reserve<T>(values: &mut Vec<T>, count: usize, noun: &str) -> Result<()> {
    values.try_reserve_exact(count).map_err(|_| {
        let bytes = count as u128 * size_of::<T>() as u128;
        Error::unsupported(format!("there is no memory for {count} {noun} ({})", in_words(bytes)))
            .with_help("ask for less at a time, or close other programs")
    })
}

/// Reads a size: `500MB`, `4 GB`, `2GiB`, or a number of bytes.
///
/// ```
/// use neurate_numerics::budget::size;
/// assert_eq!((size("4 GB")?, size("1.5GiB")?), (4_000_000_000, 1_610_612_736));
/// assert!(size("lots").is_err());
/// # Ok::<(), neurate_numerics::Error>(())
/// ```
///
/// # Errors
/// None of these.
pub fn size(text: &str) -> Result<u64> {
    const UNITS: [(&str, f64); 9] = [
        ("", 1.0),
        ("B", 1.0),
        ("kB", 1e3),
        ("MB", 1e6),
        ("GB", 1e9),
        ("TB", 1e12),
        ("MiB", (1u64 << 20) as f64),
        ("GiB", (1u64 << 30) as f64),
        ("TiB", (1u64 << 40) as f64),
    ];
    let text = text.trim();
    let split = text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let unit = UNITS.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit.trim()));
    match (number.trim().parse::<f64>(), unit) {
        (Ok(number), Some((_, of))) if number.is_finite() && number * of >= 1.0 => Ok((number * of) as u64),
        _ => Err(Error::invalid(format!("\"{text}\" is no amount of memory"))
            .with_help("write a number and a unit: 500MB, 4GB, 2GiB")),
    }
}

/// A number of bytes in the unit that one reads.
pub fn in_words(bytes: u128) -> String {
    const UNITS: [(f64, &str); 6] =
        [(1e18, "EB"), (1e15, "PB"), (1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB")];
    let bytes = bytes as f64;
    let Some((of, unit)) = UNITS.iter().find(|(of, _)| bytes >= *of) else { return format!("{bytes} bytes") };
    let value = bytes / of;
    if value >= 1e4 {
        format!("{value:.1e} {unit}")
    } else if value >= 10.0 {
        format!("{value:.0} {unit}")
    } else {
        format!("{value:.1} {unit}")
    }
}

/// What this process could use at most: the memory of the machine, or less where a container or a limit says so.
#[cfg(target_os = "linux")]
fn machine() -> u64 {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let limits = [
        memory_of(&read("/proc/meminfo")),
        address_space(&read("/proc/self/limits")),
        control_group(&read("/proc/self/cgroup"), &read),
    ];
    limits.into_iter().flatten().min().unwrap_or(UNKNOWN)
}

/// Elsewhere there is no file that says it.
#[cfg(not(target_os = "linux"))]
fn machine() -> u64 {
    UNKNOWN
}

/// `MemTotal` of `/proc/meminfo`, which is in kibibytes.
#[cfg(any(target_os = "linux", test))]
fn memory_of(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|l| l.strip_prefix("MemTotal:"))?;
    line.split_whitespace().next()?.parse::<u64>().ok()?.checked_mul(1024)
}

/// The soft limit of the address space (`ulimit -v`), of `/proc/self/limits`; None where there is none.
#[cfg(any(target_os = "linux", test))]
fn address_space(limits: &str) -> Option<u64> {
    let line = limits.lines().find_map(|l| l.strip_prefix("Max address space"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// The smallest limit of the control groups that hold this process, of either version; None where there is none.
#[cfg(any(target_os = "linux", test))]
fn control_group(groups: &str, read: &impl Fn(&str) -> String) -> Option<u64> {
    let mut smallest: Option<u64> = None;
    for line in groups.lines() {
        let mut parts = line.splitn(3, ':').skip(1);
        let (Some(controllers), Some(path)) = (parts.next(), parts.next()) else { continue };
        let (root, file) = match controllers {
            "" => ("/sys/fs/cgroup", "memory.max"),
            c if c.split(',').any(|c| c == "memory") => ("/sys/fs/cgroup/memory", "memory.limit_in_bytes"),
            _ => continue,
        };
        // A limit of a group holds for all below it. Seen from inside a container the path may not be there.
        let mut path = path.trim_end_matches('/');
        loop {
            let limit = read(&format!("{root}{path}/{file}")).trim().parse::<u64>().ok();
            smallest = [smallest, limit].into_iter().flatten().min();
            match path.rfind('/') {
                Some(at) => path = &path[..at],
                None => break,
            }
        }
    }
    smallest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_refused_with_numbers() {
        assert!(within(1_000, 125, "rows", 8, "take fewer").is_ok());
        let e = within(1_000, 126, "rows", 8, "take fewer").unwrap_err();
        assert_eq!(
            e.message(),
            "126 rows take 1.0 kB of memory, more than the 1.0 kB that may be used; 125 would fit"
        );
        assert!(e.help().unwrap().starts_with("take fewer; --memory"));
        let e = within(4_000_000_000, u64::MAX, "rows", u64::MAX, "take fewer").unwrap_err();
        assert!(e.message().starts_with("18446744073709551615 rows take 3.4e20 EB of memory"), "{e}");
        assert!(within(1_000, 3, "nothings", 0, "").is_ok());
        assert_eq!(product(&[3, 4, 5]), 60);
        assert_eq!(product(&[usize::MAX, usize::MAX]), u64::MAX);
    }

    #[test]
    fn the_system_may_refuse_what_the_budget_allows() {
        let mut values: Vec<f64> = Vec::new();
        assert!(reserve(&mut values, 10, "numbers").is_ok());
        let e = reserve(&mut values, usize::MAX / 8, "numbers").unwrap_err();
        assert!(e.message().contains("no memory for 2305843009213693951 numbers (18 EB)"), "{e}");
    }

    #[test]
    fn sizes_are_read_and_written() {
        for (text, bytes) in [("4GB", 4e9), ("0.5 gb", 5e8), ("1000", 1e3), ("2 MiB", 2_097_152.0)] {
            assert_eq!(size(text).unwrap(), bytes as u64, "{text}");
        }
        for text in ["", "GB", "-1 GB", "4 GX", "1e400", "0", "nan"] {
            assert!(size(text).is_err(), "{text}");
        }
        for (bytes, words) in [(12, "12 bytes"), (1_500, "1.5 kB"), (32_000_000_000, "32 GB")] {
            assert_eq!(in_words(bytes), words);
        }
    }

    #[test]
    fn the_machine_says_what_it_has() {
        assert_eq!(memory_of("MemTotal:       16384 kB\nMemFree: 1 kB\n"), Some(16_777_216));
        assert_eq!(memory_of("MemTotal: x"), None);
        let limits = |soft: &str| {
            format!("Max open files 1024 4096 files\nMax address space         {soft} unlimited bytes\n")
        };
        assert_eq!(address_space(&limits("4096000000")), Some(4_096_000_000));
        assert_eq!(address_space(&limits("unlimited")), None);
        let files = |path: &str| match path {
            "/sys/fs/cgroup/jobs/memory.max" => "8000000000\n".to_string(),
            "/sys/fs/cgroup/jobs/one/memory.max" | "/sys/fs/cgroup/memory.max" => "max\n".to_string(),
            "/sys/fs/cgroup/memory/a/memory.limit_in_bytes" => "5000\n".to_string(),
            _ => String::new(),
        };
        assert_eq!(control_group("0::/jobs/one\n", &files), Some(8_000_000_000));
        assert_eq!(control_group("0::/\n", &files), None);
        assert_eq!(control_group("5:cpu,cpuacct:/a\n4:memory:/a\n", &files), Some(5_000));
        assert_eq!(control_group("nonsense", &files), None);
        assert!(machine() > 0 && allowed() > 0);
    }
}
