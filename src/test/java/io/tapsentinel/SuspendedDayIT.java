package io.tapsentinel;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.event.EventType;
import io.tapsentinel.store.ledger.LedgerCount;
import io.tapsentinel.testing.DrawnEvent;
import io.tapsentinel.testing.DrawnEvents;
import io.tapsentinel.testing.FaultProxy.Fault;
import io.tapsentinel.testing.RecordingTap.Request;
import io.tapsentinel.testing.SimulatedDays;
import java.lang.management.ManagementFactory;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The busiest table refuses everything for three hours of a day with 20,000 rows. Compared with the same day without that: cost,
 * delay, and no loss.
 */
@Tag("full")
class SuspendedDayIT {

    private static final long SEED = SimulatedDays.SEED;
    private static final Instant START = SimulatedDays.START;
    private static final Instant NIGHT = START.plus(Duration.ofDays(1));
    /** By then every hour of the day was swept at the age of four hours. */
    private static final Instant END = NIGHT.plus(Duration.ofHours(5));

    private static final EventType BUSIEST = EventType.MESSAGES_BLOCKED;
    private static final Instant REFUSED = START.plus(Duration.ofHours(10)).plus(Duration.ofMinutes(2));
    private static final Instant ACCEPTED = REFUSED.plus(Duration.ofHours(3));
    private static final Duration POLL = Duration.ofMinutes(5);
    private static final long MIB = 1 << 20;

    @Test
    void aTableRefusingForThreeHoursCostsFewRequestsAndDelaysNoOther() throws Exception {
        try (SimulatedDays usual = new SimulatedDays(events()).start();
                SimulatedDays day = new SimulatedDays(events()).start()) {
            assertThat(watch(usual, END)).isEqualTo(new Deferred(0, 0));
            usual.stop();
            watch(day, REFUSED);
            long before = heap();
            day.services().sinkProxy().always(BUSIEST.table(), Fault.FORBIDDEN);
            watch(day, REFUSED.plus(Duration.ofHours(2)));
            day.tap().turnFalsePositive(SuspendedDayIT::turnsFalsePositive);
            Deferred deferred = watch(day, ACCEPTED);
            long heap = heap() - before;
            day.services().sinkProxy().forget();
            deferred = deferred.most(watch(day, END));
            day.stop();

            assertThat(usual.services().rows())
                    .isEqualTo(DrawnEvents.keys(usual.events().all()));
            assertThat(day.services().rows())
                    .as("every row once, false positives too")
                    .isEqualTo(DrawnEvents.keys(day.events().all()));
            assertThat(day.events().where(SuspendedDayIT::turnsFalsePositive)).hasSizeGreaterThan(100);

            Duration delay = longest(
                    day.events().where(event -> event.type() != BUSIEST),
                    event -> Duration.between(landedAt(usual, event), landedAt(day, event)));
            List<DrawnEvent> waited = day.events()
                    .where(event -> event.type() == BUSIEST
                            && day.tap().firstServed(event).orElseThrow().at().isBefore(ACCEPTED));
            Duration recovery = longest(waited, event -> Duration.between(ACCEPTED, landedAt(day, event)));
            List<Request> catchUps = day.tap().requests().stream()
                    .filter(request -> request.types().size() == 1)
                    .toList();
            System.out.printf(
                    "a day on which %s refuses for 3 h, seed %d, and the same day without that: at most %d and %d requests in 24 h, %d"
                            + " to catch up; rows of other tables at most %d s later; the last deferred row %d s after the recovery; %d"
                            + " and %d of its rows late; at most %d rows deferred, %d of them in hours that were swept; heap %+.1f MiB%n",
                    BUSIEST.arrayName(),
                    SEED,
                    day.tap().mostInADay(),
                    usual.tap().mostInADay(),
                    catchUps.size(),
                    delay.toSeconds(),
                    recovery.toSeconds(),
                    late(day),
                    late(usual),
                    deferred.rows,
                    deferred.swept,
                    (double) heap / MIB);

            assertNothingWaits(day);
            // reads of the time that polls and sweeps deferred, and one probe each half hour when the poll comes a few
            // milliseconds too early to be the probe
            assertThat(catchUps)
                    .hasSizeLessThanOrEqualTo(5 + 4 + 6)
                    .extracting(Request::types)
                    .containsOnly(List.of(BUSIEST));
            assertThat(day.tap().requests().size() - usual.tap().requests().size())
                    .as("more requests, with a sweep that failed while the table was not yet suspended")
                    .isLessThanOrEqualTo(catchUps.size() + 1);
            assertThat(day.store().number("SELECT count(*) FROM request_log WHERE pool = 'clicks-permitted'"))
                    .isZero();
            assertThat(delay).isLessThanOrEqualTo(POLL);
            assertThat(recovery).as("a probe and a poll").isLessThan(Duration.ofMinutes(36));
            assertThat(late(day)).as("late").isLessThanOrEqualTo(late(usual));
            assertThat(deferred.rows).isBetween(1_000L, 2_000L);
            assertThat(deferred.swept).isPositive();
            assertThat(heap).isLessThan(16 * MIB);
        }
    }

    /** Some rows come so late that only a sweep finds them. */
    private static DrawnEvents events() {
        return new DrawnEvents(SEED)
                .add(19_400, START, NIGHT, Duration.ZERO, Duration.ofMinutes(30))
                .add(600, START, NIGHT, Duration.ofMinutes(31), Duration.ofHours(4));
    }

    /** Whether TAP turns this event into a false positive: those of the first hour and a half. */
    private static boolean turnsFalsePositive(DrawnEvent event) {
        return event.type() == BUSIEST
                && event.created().isAfter(REFUSED)
                && event.visibleAt().isBefore(REFUSED.plus(Duration.ofMinutes(90)))
                && Duration.between(event.created(), event.visibleAt()).compareTo(Duration.ofMinutes(30)) < 0;
    }

    /** The most rows deferred at any poll, and the most of them in swept hours. */
    private record Deferred(long rows, long swept) {
        private Deferred most(Deferred other) {
            return new Deferred(Math.max(rows, other.rows), Math.max(swept, other.swept));
        }
    }

    /** Runs the program until {@code end}; no event may be missing at any time. */
    private static Deferred watch(SimulatedDays day, Instant end) throws SQLException {
        Deferred most = new Deferred(0, 0);
        while (day.now().isBefore(end)) {
            Instant next = day.now().plus(POLL);
            day.runTo(next.isBefore(end) ? next : end);
            assertThat(day.store().number("SELECT sum(theirs - ours - deferred - withdrawn) FROM sweep"))
                    .as("missing")
                    .isZero();
            most = most.most(new Deferred(
                    day.store().number("SELECT count(*) FROM deferred"),
                    day.store().number("SELECT sum(deferred) FROM sweep")));
        }
        return most;
    }

    private static Instant landedAt(SimulatedDays day, DrawnEvent event) {
        return day.services().delivered().landedAt().get(event.truthKey());
    }

    private static Duration longest(List<DrawnEvent> events, Function<DrawnEvent, Duration> of) {
        return events.stream().map(of).max(Comparator.naturalOrder()).orElseThrow();
    }

    private static long late(SimulatedDays day) {
        return day.services().reads().stream()
                .mapToLong(read -> read.counts()
                        .getOrDefault(BUSIEST.arrayName(), Map.of())
                        .getOrDefault(LedgerCount.LATE.word(), 0L))
                .sum();
    }

    private static void assertNothingWaits(SimulatedDays day) throws SQLException {
        for (String table : List.of("deferred", "table_backlog", "suspended", "backlog", "gap", "table_gap")) {
            assertThat(day.store().number("SELECT count(*) FROM " + table))
                    .as(table)
                    .isZero();
        }
    }

    /** Heap used by the program and the test. */
    private static long heap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
