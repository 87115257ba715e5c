package io.tapsentinel;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.event.EventType;
import io.tapsentinel.store.ledger.Completeness;
import io.tapsentinel.store.ledger.Completeness.Hour;
import io.tapsentinel.store.ledger.LedgerCount;
import io.tapsentinel.tap.plan.TimeRange;
import io.tapsentinel.testing.DrawnEvent;
import io.tapsentinel.testing.DrawnEvents;
import io.tapsentinel.testing.RecordingTap.Request;
import io.tapsentinel.testing.SimulatedDays;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A day of 20,000 rows, most up to 30 minutes late and some up to 23 hours, then 24 quiet hours, after which all must have
 * landed; then the rest of a week, to measure the daily cost of all sweeps.
 */
@Tag("full")
class SimulatedDayIT {

    private static final long SEED = SimulatedDays.SEED;
    private static final Instant START = SimulatedDays.START;
    private static final Instant NIGHT = START.plus(Duration.ofDays(1));
    /** The first sweep tick after the day's last hour is a day old. */
    private static final Instant QUIET = NIGHT.plus(Duration.ofHours(24)).plus(Duration.ofMinutes(8));

    private static final String COPY = "copy";
    private static final Instant END = NIGHT.plus(Duration.ofDays(7));

    /** So many rows of the day, evenly spread between two lags. */
    private enum LagClass {
        AS_USUAL("0 to 30 min", 19_400, Duration.ZERO, Duration.ofMinutes(30)),
        AN_HOUR("31 to 60 min", 150, Duration.ofMinutes(31), Duration.ofHours(1)),
        FOUR_HOURS("1 to 4 h", 150, Duration.ofHours(1), Duration.ofHours(4)),
        HALF_A_DAY("4 to 12 h", 150, Duration.ofHours(4), Duration.ofHours(12)),
        A_DAY("12 to 23 h", 150, Duration.ofHours(12), Duration.ofHours(23));

        private final String words;
        private final int rows;
        private final Duration least;
        private final Duration most;

        LagClass(String words, int rows, Duration least, Duration most) {
            this.words = words;
            this.rows = rows;
            this.least = least;
            this.most = most;
        }

        boolean has(DrawnEvent event) {
            Duration lag = Duration.between(event.created(), event.visibleAt());
            return lag.compareTo(least) >= 0 && lag.compareTo(most) < 0;
        }
    }

    @Test
    void everyRowOfADayLandsOnceHoweverLateForAQuarterOfTheRequests() throws Exception {
        long began = System.nanoTime();
        DrawnEvents events = new DrawnEvents(SEED);
        for (LagClass each : LagClass.values()) {
            events.add(each.rows, START, NIGHT, each.least, each.most);
        }
        try (SimulatedDays day = new SimulatedDays(events).start()) {
            List<String> truth = DrawnEvents.keys(day.events().all());

            day.runTo(NIGHT);
            int inTheDay = day.tap().mostInADay();
            day.runTo(QUIET);
            day.services().delivered().assertNoneLost(truth);
            assertCompleteness(day);
            day.runTo(END).stop();

            assertThat(day.services().rows()).as("every row once").isEqualTo(truth);
            assertThat(day.tap().requests()).as("refusals").noneMatch(request -> request.window() == null);
            assertThat(day.tap().mostInADay()).as("requests in a rolling day").isLessThanOrEqualTo(450);
            assertLedger(day);
            print(day, inTheDay, Duration.ofNanos(System.nanoTime() - began));
        }
    }

    /** The ledger agrees with the server's counts and with the drawn events. */
    private static void assertLedger(SimulatedDays day) throws SQLException {
        List<Request> requests = day.tap().requests();
        assertThat(day.store().number("SELECT count(*) FROM ledger"))
                .as("a row per request")
                .isEqualTo(requests.size());
        String outcomes = Stream.of(LedgerCount.values())
                .filter(LedgerCount::isOutcome)
                .map(count -> "'" + count.word() + "'")
                .collect(Collectors.joining(", "));
        for (EventType type : EventType.values()) {
            String of = " WHERE stream = '" + type.arrayName() + "' AND outcome ";
            long served = requests.stream()
                    .mapToLong(request -> request.served().getOrDefault(type, 0L))
                    .sum();
            assertThat(sum(day, of + "= 'fetched'")).as("fetched of " + type).isEqualTo(served);
            assertThat(sum(day, of + "IN (" + outcomes + ")"))
                    .as("outcomes of " + type)
                    .isEqualTo(served);
            assertThat(sum(day, of + "= 'new'"))
                    .as("new of " + type)
                    .isEqualTo(DrawnEvents.count(day.events().all(), type));
            assertThat(sum(day, of + "= 'late' AND purpose = 'sweep'"))
                    .as("late of " + type + ", found by sweeps")
                    .isEqualTo(DrawnEvents.count(bySweeps(day, day.events().all()), type));
        }
    }

    private static long sum(SimulatedDays day, String condition) throws SQLException {
        return day.store()
                .number("SELECT sum(events) FROM ledger_count JOIN ledger USING (source, read_at, from_at)"
                        + condition);
    }

    private static List<DrawnEvent> bySweeps(SimulatedDays day, List<DrawnEvent> events) {
        return events.stream()
                .filter(event -> day.tap().firstServed(event).orElseThrow().isClockHour())
                .toList();
    }

    private static void assertCompleteness(SimulatedDays day) throws Exception {
        // damage done here must not affect later checks
        day.services().copyState("state", COPY);
        List<Hour> hours = hours(day);
        assertThat(hours).as("each hour of the day, by type").hasSize(24 * EventType.values().length);
        assertThat(hours).allSatisfy(hour -> {
            List<DrawnEvent> inHour =
                    day.events().in(new TimeRange(hour.hour(), hour.hour().plus(Duration.ofHours(1))));
            assertThat(hour.keys().theirs())
                    .isPositive()
                    .isEqualTo(inHour.stream()
                            .filter(event -> event.type().arrayName().equals(hour.stream()))
                            .count());
            assertThat(hour.keys().ours()).isEqualTo(hour.keys().theirs());
        });

        Hour robbed = hours.stream()
                .filter(hour -> hour.keys().theirs() > 3)
                .findFirst()
                .orElseThrow();
        deleteThreeKeys(day, robbed);
        assertThat(hours(day).stream().filter(hour -> hour.missing() != 0).toList())
                .singleElement()
                .satisfies(hour -> {
                    assertThat(hour.hour()).isEqualTo(robbed.hour());
                    assertThat(hour.stream()).isEqualTo(robbed.stream());
                    assertThat(hour.missing()).isEqualTo(3);
                });
    }

    private static List<Hour> hours(SimulatedDays day) throws SQLException {
        try (Connection store = day.services().store(COPY).connect()) {
            return Completeness.hours(store, "tap", START, NIGHT.minusSeconds(1));
        }
    }

    private static void deleteThreeKeys(SimulatedDays day, Hour hour) throws SQLException {
        try (Connection store = day.services().store(COPY).connect();
                PreparedStatement select =
                        store.prepareStatement("SELECT keys FROM sweep WHERE hour = ? AND stream = ?");
                PreparedStatement delete = store.prepareStatement("DELETE FROM seen WHERE stream = ? AND key = ?")) {
            select.setLong(1, hour.hour().toEpochMilli());
            select.setString(2, hour.stream());
            byte[] keys;
            try (ResultSet row = select.executeQuery()) {
                row.next();
                keys = row.getBytes(1);
            }
            for (int i = 0; i < 3; i++) {
                delete.setString(1, hour.stream());
                delete.setBytes(2, Arrays.copyOfRange(keys, 16 * i, 16 * i + 16));
                assertThat(delete.executeUpdate()).isEqualTo(1);
            }
        }
    }

    /** Prints the figures, and those of a single-pass connector. */
    private static void print(SimulatedDays day, int requestsInTheDay, Duration time) throws SQLException {
        int most = day.tap().mostInADay();
        List<DrawnEvent> all = day.events().all();
        System.out.printf(
                "simulated day, seed %d: %d rows at TAP, %d landed, after %d were read in %d requests: %d in the day itself,"
                        + " at most %d in any 24 h of the week (%.1f %% of 1800); %d s%n",
                SEED,
                all.size(),
                day.services().rows().size(),
                outcome(day, "fetched"),
                day.tap().requests().size(),
                requestsInTheDay,
                most,
                most / 18.0,
                time.toSeconds());
        System.out.printf(
                "  ledger: %d new, %d of them late, %d of those found by sweeps; %d duplicates%n",
                outcome(day, "new"), outcome(day, "late"), bySweeps(day, all).size(), outcome(day, "duplicate"));
        for (LagClass lag : LagClass.values()) {
            printRows(day, "late by " + lag.words, day.events().where(lag::has));
        }
        printRows(day, "all", all);
    }

    private static void printRows(SimulatedDays day, String what, List<DrawnEvent> rows) {
        long landed = rows.stream()
                .filter(event -> day.services().delivered().landedAt().containsKey(event.truthKey()))
                .count();
        long lost = rows.stream().filter(DrawnEvents::isMissedByLookingOnce).count();
        System.out.printf(
                "  %-20s %6d rows, %6d landed, %4d of them found by sweeps; looking once loses %6d (%.1f %%)%n",
                what, rows.size(), landed, bySweeps(day, rows).size(), lost, 100.0 * lost / rows.size());
    }

    private static long outcome(SimulatedDays day, String outcome) throws SQLException {
        return day.store().number("SELECT sum(events) FROM ledger_count WHERE outcome = '" + outcome + "'");
    }
}
