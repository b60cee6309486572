//! Numbers that look like chance, and are the same again with the same seed.

/// A sequence of numbers: SplitMix64.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// The dice of one of many connections under a seed.
    pub const fn of(seed: u64, connection: u64) -> Self {
        Self(seed ^ connection.wrapping_mul(0xd134_2543_de82_ef95))
    }

    /// The dice of one connection to a stream: whatever other streams do meanwhile, they fall the same.
    pub fn of_stream(seed: u64, stream: &str, connection: u64) -> Self {
        // FNV-1a
        let name = stream.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        Self::of(seed ^ name, connection)
    }

    const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 up to this one.
    pub const fn up_to(&mut self, most: u64) -> u64 {
        if most == u64::MAX { self.next() } else { self.next() % (most + 1) }
    }

    /// Whether something happens that is so likely, from 0 to 1.
    pub fn falls(&mut self, likely: f64) -> bool {
        (self.next() >> 11) as f64 / ((1_u64 << 53) as f64) < likely
    }
}

#[cfg(test)]
mod tests {
    use super::Dice;

    #[test]
    fn a_seed_throws_the_same_again() {
        let throw = |seed, connection| {
            let mut dice = Dice::of(seed, connection);
            (0..20).map(|_| dice.up_to(99)).collect::<Vec<_>>()
        };
        assert_eq!(throw(7, 1), throw(7, 1));
        assert_ne!(throw(7, 1), throw(7, 2));
        assert_ne!(throw(7, 1), throw(8, 1));
        let of_stream = |stream| Dice::of_stream(7, stream, 1).next();
        assert_eq!(of_stream("build:a"), of_stream("build:a"));
        assert_ne!(of_stream("build:a"), of_stream("build:b"));
        let mut dice = Dice::of(1, 1);
        let fell = (0..10_000).filter(|_| dice.falls(0.25)).count();
        assert!((2300..2700).contains(&fell), "{fell}");
        assert!(!Dice::of(1, 1).falls(0.0) && Dice::of(1, 1).falls(1.0));
    }
}
