//! Tables of who has what, as a person reads them.

/// What everybody has, in base units of the collateral, in the order of the columns. A holder's, a ticket's and the
/// depositor's part is what leaving pays at the price of exits now: `floor(shares · n / supply)` below par, at par or
/// above it `floor(shares · (n + V) / (supply + V))`, with `n = nav − uncovered`.
///
/// - holder: stays with 60 shares
/// - ticket: has 40 shares, which leave through the queue; what is settled and what is claimed included
/// - depositor: comes with 50 tokens; before the deposit these tokens
/// - operator: bond, commission, wallet
/// - AVS: what it can pay rewards with, and the wallet that it has slashed tokens sent to
/// - fees: of the fee wallet
/// - burned: what the collateral's mint has lost
/// - rest: in the vault and nobody's so far: what drips, what is uncovered, the virtual shares' part, rounding
pub const COLUMNS: [&str; 8] = [
    "holder",
    "ticket",
    "depositor",
    "operator",
    "AVS",
    "fees",
    "burned",
    "rest",
];

/// Rows by the moment they are of. Every row adds up to the same.
pub struct Table(Vec<(String, [u64; 8])>);

impl Table {
    /// Reads a table, and checks that nothing is created or lost from a row to the next.
    pub fn of(text: &str) -> Self {
        let mut rows = text.trim().lines().map(|line| {
            let mut cells = line.trim().trim_matches('|').split('|').map(str::trim);
            let when = cells.next().expect("a moment").to_owned();
            (when, cells.map(str::to_owned).collect::<Vec<_>>())
        });
        let (_, header) = rows.next().expect("a header");
        assert_eq!(header, COLUMNS);
        let rows: Vec<_> = rows
            .map(|(when, cells)| {
                let numbers = cells.iter().map(|cell| {
                    let digits = cell.replace('_', "");
                    digits.parse::<u64>().expect("a number")
                });
                let numbers: Vec<_> = numbers.collect();
                (when, numbers.try_into().expect("eight columns"))
            })
            .collect();
        let table = Self(rows);
        let sums = table.0.iter().map(|(_, row)| row.iter().sum::<u64>());
        let mut sums: Vec<_> = sums.collect();
        sums.dedup();
        assert_eq!(sums.len(), 1, "every row adds up to the same: {sums:?}");
        table
    }

    /// The row of a moment.
    pub fn row(&self, when: &str) -> [u64; 8] {
        let row = self.0.iter().find(|(moment, _)| moment == when);
        row.expect("a row of that name").1
    }

    /// What is in being.
    pub fn sum(&self) -> u64 {
        self.0[0].1.iter().sum()
    }
}
