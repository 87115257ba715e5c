package io.tapsentinel;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.state.Completeness;
import io.tapsentinel.state.Completeness.Hour;
import io.tapsentinel.state.LedgerCount;
import io.tapsentinel.tap.EventType;
import io.tapsentinel.tap.TimeRange;
import io.tapsentinel.testing.DrawnEvent;
import io.tapsentinel.testing.DrawnEvents;
import io.tapsentinel.testing.RecordingTap.Request;
import io.tapsentinel.testing.SimulatedDays;
import java.nio.file.Path;
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
import org.junit.jupiter.api.io.TempDir;

/**
 * A day of 20,000 rows, most of them up to 30 minutes late and some up to 23 hours, then 24 quiet hours, after which all must have
 * landed; and the rest of a week, in which sweeps at every age cost what they will cost every day from then on.
 */
@Tag("full")
class SimulatedDayIT {

    private static final long SEED = Long.getLong("day.seed", 20_261_122);
    private static final Instant START = SimulatedDays.START;
    private static final Instant NIGHT = START.plus(Duration.ofDays(1));
    /** A tick of the sweep after the day's last hour has reached the age of a day: 24 quiet hours and a little. */
    private static final Instant QUIET = NIGHT.plus(Duration.ofHours(24)).plus(Duration.ofMinutes(8));

    private static final String COPY = "copy";
    private static final Instant END = NIGHT.plus(Duration.ofDays(7));

    @TempDir
    Path folder;

    @Test
    void everyRowOfADayLandsOnceHoweverLateItComesForAQuarterOfTheRequests() throws Exception {
        long began = System.nanoTime();
        try (SimulatedDays day = new SimulatedDays(folder, LagClass.day(SEED, START, NIGHT)).start()) {
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
            DayFigures.print(day, SEED, inTheDay, Duration.ofNanos(System.nanoTime() - began));
        }
    }

    /** What the ledger says beside what the server counted and what is true. */
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
                    .isEqualTo(DrawnEvents.count(bySweeps(day), type));
        }
    }

    private static long sum(SimulatedDays day, String condition) throws SQLException {
        return day.store()
                .number("SELECT sum(events) FROM ledger_count JOIN ledger USING (source, read_at, from_at)"
                        + condition);
    }

    private static List<DrawnEvent> bySweeps(SimulatedDays day) {
        return day.events()
                .where(event -> day.tap().firstServed(event).orElseThrow().isClockHour());
    }

    private static void assertCompleteness(SimulatedDays day) throws Exception {
        // what is done to it must not change what comes
        day.services().copyState("state", COPY);
        List<Hour> hours = hours(day);
        assertThat(hours).as("each hour of the day, by type").hasSize(24 * EventType.values().length);
        assertThat(hours).allSatisfy(hour -> {
            List<DrawnEvent> inHour =
                    day.events().in(new TimeRange(hour.hour(), hour.hour().plus(Duration.ofHours(1))));
            assertThat(hour.theirs())
                    .isPositive()
                    .isEqualTo(inHour.stream()
                            .filter(event -> event.type().arrayName().equals(hour.stream()))
                            .count());
            assertThat(hour.ours()).isEqualTo(hour.theirs());
        });

        Hour robbed =
                hours.stream().filter(hour -> hour.theirs() > 3).findFirst().orElseThrow();
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
}
