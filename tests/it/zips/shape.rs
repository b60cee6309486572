//! Archives from dice: mostly well formed, so that the lies in them are reached.

use super::build::{FOLDER, LINK, Part, archive, extra};

const NAMES: &[&str] = &["a", "b", "A", "a/b", "d/", "d/e", "../x", "/x", "caf\u{e9}", "cafe\u{301}", "x\\y", "long/er/name.txt"];

/// Bytes as a source of choices, zeros after their end.
struct Dice<'a>(std::slice::Iter<'a, u8>);

impl Dice<'_> {
    fn next(&mut self) -> u8 {
        self.0.next().copied().unwrap_or_default()
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::from(self.next()) % limit
    }
}

/// An archive that these bytes decide.
pub fn shaped(bytes: &[u8]) -> Vec<u8> {
    let mut dice = Dice(bytes.iter());
    let parts: Vec<Part> = (0..=dice.below(4)).map(|_| part(&mut dice)).collect();
    let mut zip = archive(&parts);
    // a few bytes changed anywhere
    for _ in 0..dice.below(8).saturating_sub(4) {
        let at = (usize::from(dice.next()) << 8 | usize::from(dice.next())) % zip.len();
        zip[at] = dice.next();
    }
    zip
}

fn part(dice: &mut Dice<'_>) -> Part {
    let (name, content) = (NAMES[dice.below(NAMES.len())], vec![dice.next(); dice.below(64) * dice.below(64)]);
    let mut part = if dice.below(2) == 0 { Part::stored(name, &content) } else { Part::deflated(name, &content) };
    match dice.below(4) {
        0 => part = part.described([12, 16, 20, 24][dice.below(4)]),
        1 => lie(&mut part, dice),
        _ => {}
    }
    part
}

fn lie(part: &mut Part, dice: &mut Dice<'_>) {
    let number = u32::from(dice.next());
    match dice.below(14) {
        0 => part.told.bytes = number,
        1 => part.own.bytes = number,
        2 => (part.told.bytes, part.own.bytes) = (number, number),
        3 => (part.told.packed_bytes, part.own.packed_bytes) = (number, number),
        4 => part.header = Some(number),
        5 => part.attributes = [LINK, FOLDER, 0x10, number << 24][dice.below(4)],
        6 => part.own_name = NAMES[dice.below(NAMES.len())].into(),
        7 => part.extra = extra([1, 0x7075, 0x756e, 0x5455][dice.below(4)], &vec![dice.next(); dice.below(20)]),
        8 => part.own_extra = extra([1, 0x7075, 0x756e, 0x5455][dice.below(4)], &vec![dice.next(); dice.below(20)]),
        9 => (part.flags, part.own_flags) = (number as u16, number as u16),
        10 => (part.method, part.own_method) = (number as u16 % 16, number as u16 % 16),
        11 => part.after = vec![dice.next(); dice.below(32)],
        12 => part.listed_only = true,
        _ => part.packed = vec![dice.next(); dice.below(32)],
    }
}
