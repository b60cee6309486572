//! An account, and what each operation does to it. Every change is a line.

use super::{Amounts, Bucket, CREDITS_MAX, EntryKind, Line};

/// What users are given.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Terms {
    /// A new user's bonus, credits.
    pub welcome: i64,
    /// Each day's gift, credits.
    pub daily: i64,
}

/// An account as its lines leave it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Account {
    /// The UTC day whose gift it has.
    pub day: i64,
    /// What can be spent now.
    pub balance: Amounts,
    /// What was ever charged.
    pub used: i64,
}

/// What a reservation has set aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hold {
    /// By bucket.
    pub parts: Amounts,
    /// The day whose gift it has a part of.
    pub day: i64,
}

/// There is not enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{required} credits are required, {available} are there")]
pub struct Short {
    /// Credits that were asked for.
    pub required: i64,
    /// Credits that there are.
    pub available: i64,
}

/// What became of a reservation that was used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settlement {
    /// What it writes.
    pub lines: Vec<Line>,
    /// Credits that were paid.
    pub charged: i64,
    /// Credits that came back; what had lapsed meanwhile is not among them.
    pub refunded: i64,
}

/// What became of a reservation that was not used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenBack {
    /// What it writes.
    pub lines: Vec<Line>,
    /// Credits that came back; what had lapsed meanwhile is not among them.
    pub released: i64,
}

impl Account {
    /// A new user's, and what it begins with.
    pub fn open(terms: Terms, day: i64) -> (Self, Vec<Line>) {
        let mut account = Self { day, ..Self::default() };
        let lines = [(EntryKind::Welcome, Bucket::WelcomeBonus, terms.welcome), (EntryKind::Gift, Bucket::DailyGift, terms.daily)];
        let lines = lines.into_iter().filter(|(_, _, amount)| *amount > 0).map(|(kind, bucket, amount)| account.post(kind, bucket, amount)).collect();
        (account, lines)
    }

    /// A new day: what is left of the last gift lapses, and there is another. A clock that is behind changes nothing.
    pub fn turn_to(&mut self, day: i64, terms: Terms) -> Vec<Line> {
        if day <= self.day {
            return vec![];
        }
        self.day = day;
        let (left, gift) = (self.balance.daily_gift, terms.daily);
        // the same size again is no news worth two lines, but the day has to be seen
        let changes = [(EntryKind::Lapse, -left), (EntryKind::Gift, gift)];
        changes.into_iter().filter(|(_, amount)| *amount != 0).map(|(kind, amount)| self.post(kind, Bucket::DailyGift, amount)).collect()
    }

    /// Credits come in; none when there would be more than an account can hold, what it has set aside counted.
    pub fn credit(&mut self, credits: i64, held: i64) -> Option<Vec<Line>> {
        let fits = self.balance.total().checked_add(held).and_then(|sum| sum.checked_add(credits)).is_some_and(|total| total <= CREDITS_MAX);
        fits.then(|| vec![self.post(EntryKind::Credit, Bucket::Paid, credits)])
    }

    /// Sets credits aside.
    pub fn hold(&mut self, credits: i64) -> Result<(Hold, Vec<Line>), Short> {
        let available = self.balance.total();
        if credits > available {
            return Err(Short { required: credits, available });
        }
        let parts = self.balance.take(credits);
        let lines = self.post_all(EntryKind::Hold, parts, -1);
        Ok((Hold { parts, day: self.day }, lines))
    }

    /// Pays for what was used out of what was set aside, and gives the rest back. More than that is paid as far as there
    /// is anything, when `overage` says so.
    pub fn settle(&mut self, hold: Hold, actual: i64, overage: bool) -> Settlement {
        let mut lines = self.post_all(EntryKind::Release, hold.parts, 1);
        let paid = hold.parts.take(actual);
        lines.extend(self.post_all(EntryKind::Charge, paid, -1));
        let rest = hold.parts.minus(paid);
        let lapsed = self.lapse(hold, rest, &mut lines);
        let mut charged = paid.total();
        if overage && actual > charged {
            let more = self.balance.take(actual - charged);
            lines.extend(self.post_all(EntryKind::Charge, more, -1));
            charged += more.total();
        }
        Settlement { lines, charged, refunded: rest.total() - lapsed }
    }

    /// Gives back what was set aside: by its user (`EntryKind::Release`), or because its time is over.
    pub fn give_back(&mut self, hold: Hold, kind: EntryKind) -> GivenBack {
        let mut lines = self.post_all(kind, hold.parts, 1);
        let lapsed = self.lapse(hold, hold.parts, &mut lines);
        GivenBack { lines, released: hold.parts.total() - lapsed }
    }

    /// An earlier day's gift does not come back: today has its own.
    fn lapse(&mut self, hold: Hold, rest: Amounts, lines: &mut Vec<Line>) -> i64 {
        let lapsed = if hold.day < self.day { rest.daily_gift } else { 0 };
        if lapsed > 0 {
            lines.push(self.post(EntryKind::Lapse, Bucket::DailyGift, -lapsed));
        }
        lapsed
    }

    fn post_all(&mut self, kind: EntryKind, parts: Amounts, sign: i64) -> Vec<Line> {
        parts.parts().map(|(bucket, amount)| self.post(kind, bucket, amount * sign)).collect()
    }

    fn post(&mut self, kind: EntryKind, bucket: Bucket, amount: i64) -> Line {
        let line = Line { kind, bucket, amount };
        self.count(line);
        line
    }

    /// Adds a line to what the lines come to.
    pub const fn count(&mut self, line: Line) {
        *self.balance.of_mut(line.bucket) += line.amount;
        if matches!(line.kind, EntryKind::Charge) {
            self.used -= line.amount;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TERMS: Terms = Terms { welcome: 3000, daily: 900 };

    fn account() -> Account {
        Account::open(TERMS, 10).0
    }

    #[test]
    fn a_new_user_has_the_bonus_and_the_days_gift() {
        let (account, lines) = Account::open(TERMS, 10);
        assert_eq!((account.balance, account.used), (Amounts { daily_gift: 900, welcome_bonus: 3000, paid: 0 }, 0));
        assert_eq!(lines.len(), 2);
        assert!(Account::open(Terms { welcome: 0, daily: 0 }, 10).1.is_empty());
    }

    #[test]
    fn a_day_brings_the_gift_back_to_its_size_once() {
        let mut account = account();
        account.hold(500).unwrap();
        assert_eq!(account.turn_to(11, TERMS).iter().map(|line| line.amount).collect::<Vec<_>>(), [-400, 900]);
        assert_eq!(account.balance.daily_gift, 900);
        assert!(account.turn_to(11, TERMS).is_empty() && account.turn_to(9, TERMS).is_empty(), "a clock that is behind changes nothing");
    }

    #[test]
    fn the_seeds_example_of_a_reservation() {
        let mut account = Account { day: 1, balance: Amounts { paid: 570, ..Amounts::default() }, used: 0 };
        let (hold, _) = account.hold(150).unwrap();
        let settlement = account.clone().settle(hold, 120, false);
        assert_eq!((settlement.charged, settlement.refunded), (120, 30));
        account.settle(hold, 120, false);
        assert_eq!((account.balance.total(), account.used), (450, 120));
    }

    #[test]
    fn more_than_was_set_aside_is_paid_only_where_it_is_allowed_and_there() {
        let balance = Amounts { paid: 100, ..Amounts::default() };
        for (overage, charged, left) in [(false, 60, 40), (true, 100, 0)] {
            let mut account = Account { day: 1, balance, used: 0 };
            let (hold, _) = account.hold(60).unwrap();
            assert_eq!(account.settle(hold, 1000, overage).charged, charged);
            assert_eq!(account.balance.total(), left);
        }
    }

    #[test]
    fn what_is_given_back_of_yesterdays_gift_lapses() {
        let mut account = account();
        let (hold, _) = account.hold(1000).unwrap();
        account.turn_to(11, TERMS);
        let back = account.give_back(hold, EntryKind::Release);
        assert_eq!((back.released, account.balance), (100, Amounts { daily_gift: 900, welcome_bonus: 3000, paid: 0 }));
        // what is used is paid out of it first
        let (hold, _) = account.hold(1000).unwrap();
        account.turn_to(12, TERMS);
        let settled = account.settle(hold, 950, true);
        assert_eq!((settled.charged, settled.refunded, account.balance.total()), (950, 50, 3850));
    }

    #[test]
    fn too_little_is_said_with_what_there_is() {
        let mut account = account();
        assert_eq!(account.hold(4000), Err(Short { required: 4000, available: 3900 }));
        assert_eq!(account, self::account(), "and nothing changes");
        assert_eq!(account.credit(CREDITS_MAX, 0), None);
    }

    #[derive(Debug, Clone)]
    enum Move {
        Credit(i64),
        Hold(i64),
        Settle(usize, i64, bool),
        GiveBack(usize, bool),
        Day(i64),
    }

    fn moves() -> impl Strategy<Value = Vec<Move>> {
        let one = prop_oneof![
            (1..2000_i64).prop_map(Move::Credit),
            (0..3000_i64).prop_map(Move::Hold),
            (any::<usize>(), 0..4000_i64, any::<bool>()).prop_map(|(at, actual, overage)| Move::Settle(at, actual, overage)),
            (any::<usize>(), any::<bool>()).prop_map(|(at, expired)| Move::GiveBack(at, expired)),
            (-1..3_i64).prop_map(Move::Day),
        ];
        prop::collection::vec(one, 0..60)
    }

    proptest! {
        /// Whatever happens in whatever order: after each line the balance is the sum of the lines, no bucket is below
        /// nought, and what came in is what is there, what is held, what was used and what lapsed.
        #[test]
        fn money_is_conserved(moves in moves()) {
            let (mut account, mut lines) = Account::open(TERMS, 100);
            let mut holds = vec![];
            for one in moves {
                let written = match one {
                    Move::Credit(credits) => account.credit(credits, 0).unwrap(),
                    Move::Hold(credits) => match account.hold(credits) {
                        Ok((hold, written)) => { holds.push(hold); written }
                        Err(short) => { prop_assert!(short.required > short.available); vec![] }
                    },
                    Move::Settle(at, actual, overage) if !holds.is_empty() => {
                        let hold = holds.swap_remove(at % holds.len());
                        let settled = account.settle(hold, actual, overage);
                        prop_assert!(settled.charged <= actual && (overage || settled.charged <= hold.parts.total()));
                        settled.lines
                    }
                    Move::GiveBack(at, expired) if !holds.is_empty() => {
                        let hold = holds.swap_remove(at % holds.len());
                        account.give_back(hold, if expired { EntryKind::Expire } else { EntryKind::Release }).lines
                    }
                    Move::Day(days) => account.turn_to(account.day + days, TERMS),
                    _ => vec![],
                };
                lines.extend(written);
                let mut sums = Amounts::default();
                for line in &lines {
                    prop_assert!(line.amount != 0);
                    *sums.of_mut(line.bucket) += line.amount;
                    prop_assert!(sums.of(line.bucket) >= 0, "never below nought, not between two lines either");
                }
                prop_assert_eq!(sums, account.balance);
                let of = |kinds: &[EntryKind]| lines.iter().filter(|line| kinds.contains(&line.kind)).map(|line| line.amount).sum::<i64>();
                let held: i64 = holds.iter().map(|hold| hold.parts.total()).sum();
                prop_assert_eq!(-of(&[EntryKind::Hold, EntryKind::Release, EntryKind::Expire]), held);
                prop_assert_eq!(-of(&[EntryKind::Charge]), account.used);
                let came = of(&[EntryKind::Welcome, EntryKind::Gift, EntryKind::Credit]);
                prop_assert_eq!(came + of(&[EntryKind::Lapse]), account.balance.total() + held + account.used);
            }
        }
    }
}
