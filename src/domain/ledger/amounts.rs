//! Credits by bucket.

use serde::Serialize;
use utoipa::ToSchema;

/// Where credits come from; spent in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum Bucket {
    /// The day's gift, back to its size at midnight UTC.
    DailyGift,
    /// A new user's bonus.
    WelcomeBonus,
    /// Bought, or granted.
    Paid,
}

/// Credits in each bucket.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Amounts {
    /// Of the day's gift.
    pub daily_gift: i64,
    /// Of the welcome bonus.
    pub welcome_bonus: i64,
    /// Bought, or granted.
    pub paid: i64,
}

impl Bucket {
    /// All, in the order in which they are spent.
    pub const IN_ORDER: [Self; 3] = [Self::DailyGift, Self::WelcomeBonus, Self::Paid];

    /// The word in the ledger.
    pub const fn word(self) -> &'static str {
        match self {
            Self::DailyGift => "dailyGift",
            Self::WelcomeBonus => "welcomeBonus",
            Self::Paid => "paid",
        }
    }

    /// The bucket that a word stands for.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::IN_ORDER.into_iter().find(|bucket| bucket.word() == word)
    }
}

impl Amounts {
    /// All together.
    pub const fn total(self) -> i64 {
        self.daily_gift + self.welcome_bonus + self.paid
    }

    /// Of one bucket.
    pub const fn of(self, bucket: Bucket) -> i64 {
        match bucket {
            Bucket::DailyGift => self.daily_gift,
            Bucket::WelcomeBonus => self.welcome_bonus,
            Bucket::Paid => self.paid,
        }
    }

    pub(super) const fn of_mut(&mut self, bucket: Bucket) -> &mut i64 {
        match bucket {
            Bucket::DailyGift => &mut self.daily_gift,
            Bucket::WelcomeBonus => &mut self.welcome_bonus,
            Bucket::Paid => &mut self.paid,
        }
    }

    /// So much of it, or all of it when it is less, in the order in which buckets are spent.
    #[must_use]
    pub fn take(self, wanted: i64) -> Self {
        let (mut taken, mut left) = (Self::default(), wanted.max(0));
        for bucket in Bucket::IN_ORDER {
            let part = self.of(bucket).clamp(0, left);
            *taken.of_mut(bucket) = part;
            left -= part;
        }
        taken
    }

    /// What is left without another's.
    #[must_use]
    pub const fn minus(self, other: Self) -> Self {
        Self { daily_gift: self.daily_gift - other.daily_gift, welcome_bonus: self.welcome_bonus - other.welcome_bonus, paid: self.paid - other.paid }
    }

    /// The buckets that hold something, in their order.
    pub fn parts(self) -> impl Iterator<Item = (Bucket, i64)> {
        Bucket::IN_ORDER.into_iter().map(move |bucket| (bucket, self.of(bucket))).filter(|(_, amount)| *amount != 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_spent_in_their_order() {
        let all = Amounts { daily_gift: 10, welcome_bonus: 20, paid: 30 };
        assert_eq!(all.take(5), Amounts { daily_gift: 5, ..Amounts::default() });
        assert_eq!(all.take(25), Amounts { daily_gift: 10, welcome_bonus: 15, paid: 0 });
        assert_eq!(all.take(100), all);
        assert_eq!((all.take(0), all.take(-1)), (Amounts::default(), Amounts::default()));
        assert_eq!(all.minus(all.take(25)).total(), 35);
        assert_eq!(all.take(25).parts().collect::<Vec<_>>(), [(Bucket::DailyGift, 10), (Bucket::WelcomeBonus, 15)]);
    }

    #[test]
    fn buckets_read_back() {
        assert!(Bucket::IN_ORDER.into_iter().all(|bucket| Bucket::from_word(bucket.word()) == Some(bucket)));
    }
}
