/// A day of the Gregorian calendar, which is also counted on into the time before it was introduced.
struct CivilDate: Equatable {
    let year: Int64, month: Int64, day: Int64

    /// Nil when there is no such day.
    init?(year: Int64, month: Int64, day: Int64) {
        guard 1...12 ~= month, 1...Self.days(of: month, year) ~= day else { return nil }
        (self.year, self.month, self.day) = (year, month, day)
    }

    /// Years are counted from March here, so that a leap day is the last day of its year; then every 400 of them have
    /// 146,097 days, and every 5 months from March on have 153.
    var daysSince1970: Int64 {
        let (marchYear, marchMonth) = month > 2 ? (year, month - 3) : (year - 1, month + 9)
        let leapDays = marchYear.flooredQuotient(4) - marchYear.flooredQuotient(100) + marchYear.flooredQuotient(400)
        return marchYear * 365 + leapDays + (marchMonth * 153 + 2) / 5 + day - 1 - Self.from0March1To1970
    }

    init(day number: Int64) {
        let sinceMarch = number + Self.from0March1To1970
        let era = sinceMarch.flooredQuotient(146_097)
        let dayOfEra = sinceMarch - era * 146_097
        // Each of the divisors is a whole cycle less its leap day, which would otherwise begin a cycle too early.
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (dayOfYear * 5 + 2) / 153
        day = dayOfYear - (marchMonth * 153 + 2) / 5 + 1
        month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
    }

    private static let from0March1To1970: Int64 = 719_468

    private static func days(of month: Int64, _ year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
