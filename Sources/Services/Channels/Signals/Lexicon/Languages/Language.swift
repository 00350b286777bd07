/// The words of a language that signals are written in. Accents and capitals make no difference. The words of a phrase
/// are joined by dashes; in messages blanks, dashes, slashes or nothing may stand between them.
struct Language: Sendable {
    let words: [(Term, String)]

    /// Of two languages that mean different things by a word the later one wins.
    static let all = [french, german, russian, portuguese, spanish, english]
}

extension Language {
    /// Words with a number in them: how much, which one, how long.
    static let measures: [(Sense, String)] = [
        (Sense(term: .portion, value: 50), "half halves halb halbe mitad metade moitie половина половину половины"),
        (Sense(term: .portion, value: 50), "partial partially partials partial-profit partial-profits часть частично"),
        (Sense(term: .portion, value: 50), "parcial parcialmente teilweise haelfte hälfte partiellement partie-du"),
        (Sense(term: .portion, value: 33), "one-third a-third un-tercio um-terço ein-drittel un-tiers треть"),
        (Sense(term: .portion, value: 25), "quarter viertel cuarto quart четверть"),
        (Sense(term: .ordinal, value: 1), "first primer primero primera primeiro primeira первый первая первую"),
        (Sense(term: .ordinal, value: 1), "первой первое erstes erste ersten erster premier premiere"),
        (Sense(term: .ordinal, value: 2), "second segundo segunda второй вторая вторую второе zweites zweite zweiten"),
        (Sense(term: .ordinal, value: 2), "deuxieme seconde"),
        (Sense(term: .ordinal, value: 3), "third tercer tercero tercera terceiro terceira третий третья третью"),
        (Sense(term: .ordinal, value: 3), "drittes dritte dritten troisieme"),
        (
            Sense(term: .ordinal, value: 4),
            "fourth cuarta quarto quarta четвертый четвертая четвертую viertes quatrieme"
        ),
        (Sense(term: .time, value: 1), "min mins minute minutes minutos minuten минут мин m1"),
        (Sense(term: .time, value: 1, form: .glued), "m м"),
        (Sense(term: .time, value: 60), "hr hrs hour hours hora horas stunde stunden heure heures час часа часов h1"),
        (Sense(term: .time, value: 60, form: .glued), "h ч"),
        (Sense(term: .time, value: 1_440), "days dias tage jours дней дня d1"),
        (Sense(term: .time, value: 1_440, form: .glued), "d"),
        (Sense(term: .time, value: 10_080), "weeks semanas wochen semaines недели w1"),
        (Sense(term: .time, value: 10_080, form: .glued), "w"),
        (Sense(term: .time, value: 3), "m3"), (Sense(term: .time, value: 5), "m5"),
        (Sense(term: .time, value: 15), "m15"), (Sense(term: .time, value: 30), "m30"),
        (Sense(term: .time, value: 45), "m45"), (Sense(term: .time, value: 120), "h2"),
        (Sense(term: .time, value: 240), "h4"), (Sense(term: .time, value: 360), "h6"),
        (Sense(term: .time, value: 480), "h8"), (Sense(term: .time, value: 720), "h12"),
        (Sense(term: .times, form: .glued), "x х"), (Sense(term: .thousand, form: .glued), "k к тыс"),
        (Sense(term: .ordinal, form: .glued), "st nd rd th er eme"),
        (Sense(term: .target, form: .glued), "t ц"),
        (Sense(term: .riskReward, form: .glued), "r"),
        (Sense(term: .breakEven, form: .capitals), "be"),
    ]
}
