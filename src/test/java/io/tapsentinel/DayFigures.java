package io.tapsentinel;

import io.tapsentinel.testing.DrawnEvent;
import io.tapsentinel.testing.DrawnEvents;
import io.tapsentinel.testing.SimulatedDays;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/** What a simulated day tells the reader of its output, and beside it what a reader that looks once would have got. */
final class DayFigures {

    private DayFigures() {}

    static void print(SimulatedDays day, long seed, int requestsInTheDay, Duration time) throws SQLException {
        int most = day.tap().mostInADay();
        System.out.printf(
                "simulated day, seed %d: %d rows at TAP, %d landed, after %d were read in %d requests: %d in the day itself,"
                        + " at most %d in any 24 h of the week (%.1f %% of 1800); %d s%n",
                seed,
                day.events().all().size(),
                day.services().rows().size(),
                sum(day, "fetched"),
                day.tap().requests().size(),
                requestsInTheDay,
                most,
                most / 18.0,
                time.toSeconds());
        System.out.printf(
                "  ledger: %d new, %d of them late, %d of those found by sweeps; %d duplicates%n",
                sum(day, "new"), sum(day, "late"), bySweeps(day, day.events().all()), sum(day, "duplicate"));
        for (LagClass lag : LagClass.values()) {
            line(day, "late by " + lag, lag.of(day.events().all()));
        }
        line(day, "all", day.events().all());
    }

    private static void line(SimulatedDays day, String what, List<DrawnEvent> rows) {
        long landed = rows.stream()
                .filter(event -> day.services().delivered().landedAt().containsKey(event.truthKey()))
                .count();
        long lost = rows.stream().filter(DrawnEvents::isMissedByLookingOnce).count();
        System.out.printf(
                "  %-20s %6d rows, %6d landed, %4d of them found by sweeps; looking once loses %6d (%.1f %%)%n",
                what, rows.size(), landed, bySweeps(day, rows), lost, 100.0 * lost / rows.size());
    }

    private static long bySweeps(SimulatedDays day, List<DrawnEvent> rows) {
        return rows.stream()
                .filter(event -> day.tap().firstServed(event).orElseThrow().isClockHour())
                .count();
    }

    private static long sum(SimulatedDays day, String outcome) throws SQLException {
        return day.store().number("SELECT sum(events) FROM ledger_count WHERE outcome = '" + outcome + "'");
    }
}
