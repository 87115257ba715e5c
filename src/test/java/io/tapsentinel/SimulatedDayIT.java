package io.tapsentinel;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.state.Completeness;
import io.tapsentinel.state.Completeness.Hour;
import io.tapsentinel.state.LedgerCount;
import io.tapsentinel.tap.EventType;
import io.tapsentinel.tap.TimeRange;
import io.tapsentinel.trial.DayEvent;
import io.tapsentinel.trial.DayEvents;
import io.tapsentinel.trial.DayTap.Request;
import io.tapsentinel.trial.DayTrial;
import io.tapsentinel.trial.Trial;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A day of 20,000 rows, most of them up to 30 minutes late and some up to 23 hours, and the quiet week after it until every hour of that
 * day has been swept at every age.
 */
class SimulatedDayIT {

    private static final long SEED = Long.getLong("day.seed", 20_261_122);
    private static final Instant START = DayTrial.START;
    private static final Instant NIGHT = START.plus(Duration.ofDays(1));
    /** A tick of the sweep after the day's last hour has reached the age of a day: 24 quiet hours and a little. */
    private static final Instant QUIET = NIGHT.plus(Duration.ofHours(24)).plus(Duration.ofMinutes(8));
    private static final Instant END = NIGHT.plus(Duration.ofDays(7));
    private static final Duration[] CLASSES = {Duration.ZERO, Duration.ofMinutes(30), Duration.ofHours(1), Duration.ofHours(4),
        Duration.ofHours(12), Duration.ofHours(23)};
    private static final int LATE_PER_CLASS = 150;

    @TempDir
    Path folder;

    @Test
    void everyRowOfADayLandsOnceHoweverLateItComesForAQuarterOfTheRequests() throws Exception {
        long began = System.nanoTime();
        try (DayTrial day = new DayTrial(folder, events()).start()) {
            List<String> truth = DayEvents.keys(day.events().all());

            day.runTo(NIGHT);
            int inTheDay = day.tap().mostInADay();
            day.runTo(QUIET);
            assertThat(Trial.surplus(truth, day.trial().rows())).as("lost after 24 quiet hours").isEmpty();
            day.runTo(END).stop();

            assertThat(day.trial().rows()).as("every row once").isEqualTo(truth);
            assertThat(day.tap().requests()).as("refusals").noneMatch(request -> request.window() == null);
            assertThat(day.tap().mostInADay()).as("requests in a rolling day").isLessThanOrEqualTo(450);
            assertLedger(day);
            assertCompleteness(day);
            print(day, inTheDay, Duration.ofNanos(System.nanoTime() - began));
        }
    }

    private static DayEvents events() {
        int late = CLASSES.length - 2;
        DayEvents events = new DayEvents(SEED).add(20_000 - late * LATE_PER_CLASS, START, NIGHT, CLASSES[0], CLASSES[1]);
        for (int i = 1; i <= late; i++) {
            // as the classes are named: 31 minutes and more
            events.add(LATE_PER_CLASS, START, NIGHT, CLASSES[i].plusMinutes(i == 1 ? 1 : 0), CLASSES[i + 1]);
        }
        return events;
    }

    /** What the ledger says beside what the server counted and what is true. */
    private static void assertLedger(DayTrial day) throws SQLException {
        List<Request> requests = day.tap().requests();
        assertThat(day.number("SELECT count(*) FROM ledger")).as("a row per request").isEqualTo(requests.size());
        String outcomes = Stream.of(LedgerCount.values()).filter(LedgerCount::isOutcome).map(count -> "'" + count.word() + "'")
                .collect(Collectors.joining(", "));
        for (EventType type : EventType.values()) {
            String of = " WHERE stream = '" + type.arrayName() + "' AND outcome ";
            long served = requests.stream().mapToLong(request -> request.served().getOrDefault(type, 0L)).sum();
            assertThat(day.number("SELECT sum(events) FROM ledger_count" + of + "= 'fetched'")).as("fetched of " + type).isEqualTo(served);
            assertThat(day.number("SELECT sum(events) FROM ledger_count" + of + "IN (" + outcomes + ")")).as("outcomes of " + type).isEqualTo(served);
            assertThat(day.number("SELECT sum(events) FROM ledger_count" + of + "= 'new'")).as("new of " + type)
                    .isEqualTo(DayEvents.count(day.events().all(), type));
            assertThat(day.number("SELECT sum(events) FROM ledger_count JOIN ledger USING (source, read_at, from_at)" + of
                    + "= 'late' AND purpose = 'sweep'")).as("late of " + type + ", found by sweeps").isEqualTo(DayEvents.count(bySweeps(day), type));
        }
    }

    private static List<DayEvent> bySweeps(DayTrial day) {
        return day.events().where(event -> day.tap().firstServed(event).orElseThrow().isClockHour());
    }

    private void assertCompleteness(DayTrial day) throws SQLException {
        List<Hour> hours = hours(day);
        Map<Instant, Long> counts = hours.stream().collect(Collectors.groupingBy(Hour::hour, LinkedHashMap::new, Collectors.counting()));
        assertThat(counts).as("each hour of the day, by type").hasSizeGreaterThanOrEqualTo(24).allSatisfy((hour, rows) ->
                assertThat(rows).isEqualTo(EventType.values().length));
        assertThat(hours).allSatisfy(hour -> {
            List<DayEvent> inHour = day.events().in(new TimeRange(hour.hour(), hour.hour().plus(Duration.ofHours(1))));
            assertThat(hour.theirs()).isEqualTo(inHour.stream().filter(event -> event.type().arrayName().equals(hour.stream())).count());
            assertThat(hour.ours()).isEqualTo(hour.theirs());
        });

        Hour robbed = hours.stream().filter(hour -> hour.theirs() > 3 && hour.hour().isAfter(START.plus(Duration.ofHours(6)))).findFirst().orElseThrow();
        deleteThreeKeys(day, robbed);
        assertThat(hours(day).stream().filter(hour -> hour.missing() != 0).toList()).singleElement().satisfies(hour -> {
            assertThat(hour.hour()).isEqualTo(robbed.hour());
            assertThat(hour.stream()).isEqualTo(robbed.stream());
            assertThat(hour.missing()).isEqualTo(3);
        });
    }

    private static List<Hour> hours(DayTrial day) throws SQLException {
        try (Connection store = day.store()) {
            // as of the day's end: at the end of the week the day's own hours would show what was found then
            return Completeness.hours(store, "tap", START, NIGHT.minusSeconds(1), QUIET);
        }
    }

    private static void deleteThreeKeys(DayTrial day, Hour hour) throws SQLException {
        try (Connection store = day.store();
                PreparedStatement select = store.prepareStatement("SELECT keys FROM sweep WHERE hour = ? AND stream = ?");
                PreparedStatement delete = store.prepareStatement("DELETE FROM seen WHERE stream = ? AND key = ?")) {
            select.setLong(1, hour.hour().toEpochMilli());
            select.setString(2, hour.stream());
            byte[] keys;
            try (ResultSet row = select.executeQuery()) {
                keys = row.getBytes(1);
            }
            for (int i = 0; i < 3; i++) {
                delete.setString(1, hour.stream());
                delete.setBytes(2, Arrays.copyOfRange(keys, 16 * i, 16 * i + 16));
                assertThat(delete.executeUpdate()).isEqualTo(1);
            }
        }
    }

    private static void print(DayTrial day, int inTheDay, Duration time) throws SQLException {
        System.out.printf("simulated day, seed %d: %d rows, %d landed, %d read in all, by %d requests (%d in the day itself, at most %d in a rolling day"
                + " of the week, %.1f %% of 1800); %d s%n", SEED, day.events().all().size(), day.trial().rows().size(),
                day.number("SELECT sum(events) FROM ledger_count WHERE outcome = 'fetched'"), day.tap().requests().size(), inTheDay,
                day.tap().mostInADay(), day.tap().mostInADay() / 18.0, time.toSeconds());
        for (int i = 0; i < CLASSES.length; i++) {
            boolean all = i == CLASSES.length - 1;
            Duration least = all ? CLASSES[0] : CLASSES[i];
            Duration most = CLASSES[all ? i : i + 1];
            Predicate<DayEvent> ofClass = event -> {
                Duration lag = Duration.between(event.created(), event.visibleAt());
                return lag.compareTo(least) >= 0 && lag.compareTo(most) < 0;
            };
            List<DayEvent> rows = day.events().where(ofClass);
            System.out.printf("  %-16s %6d rows, %6d landed, %6d of them found by sweeps; looking once loses %6d (%.0f %%)%n",
                    all ? "all" : (i == 1 ? "31m" : words(least)) + " to " + words(most), rows.size(),
                    rows.stream().filter(event -> day.trial().landedAt().containsKey(event.truthKey())).count(),
                    bySweeps(day).stream().filter(ofClass).count(), rows.stream().filter(DayEvents::isMissedByLookingOnce).count(),
                    100.0 * rows.stream().filter(DayEvents::isMissedByLookingOnce).count() / rows.size());
        }
        System.out.printf("  ledger: %d new, %d late, %d of them found by sweeps, %d duplicates%n", sum(day, "new"), sum(day, "late"),
                bySweeps(day).size(), sum(day, "duplicate"));
    }

    private static String words(Duration duration) {
        return duration.isZero() ? "0" : duration.toString().substring(2).toLowerCase();
    }

    private static long sum(DayTrial day, String outcome) throws SQLException {
        return day.number("SELECT sum(events) FROM ledger_count WHERE outcome = '" + outcome + "'");
    }
}
