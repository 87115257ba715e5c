package io.tapsentinel.report;

import static io.tapsentinel.CommandSetup.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.CommandSetup;
import io.tapsentinel.event.EventType;
import io.tapsentinel.event.TapEvent;
import io.tapsentinel.sentinel.batch.SuspensionLog.Suspended;
import io.tapsentinel.store.Store;
import io.tapsentinel.store.keys.SeenKeys;
import io.tapsentinel.store.ledger.BackoffTable;
import io.tapsentinel.store.ledger.Completeness;
import io.tapsentinel.store.ledger.Deferrals;
import io.tapsentinel.store.ledger.HourKeys;
import io.tapsentinel.store.ledger.InTransaction;
import io.tapsentinel.store.ledger.LedgerEntry;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.store.ledger.ReadState;
import io.tapsentinel.store.ledger.RequestBudget;
import io.tapsentinel.store.ledger.SuspensionTable;
import io.tapsentinel.tap.api.TapClock;
import io.tapsentinel.tap.plan.Plan;
import io.tapsentinel.tap.plan.Pool;
import io.tapsentinel.tap.plan.Progress;
import io.tapsentinel.tap.plan.TimeRange;
import io.tapsentinel.testing.Events;
import io.tapsentinel.testing.MovableClock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatusTest {

    private static final EventType TYPE = EventType.MESSAGES_BLOCKED;
    private static final Instant HOUR = NOW.minus(Duration.ofHours(6));
    private static final int WIDEST = 100;

    @TempDir
    Path folder;

    private final CommandSetup setup = new CommandSetup(() -> folder);

    @Test
    void keysThatTheStoreLacksAreMissing() {
        try (Store store = setup.open()) {
            begin(store, HOUR);
            sweep(store, HOUR, events(1_010));
            deliver(store, events(1_010));
            assertThat(status())
                    .containsPattern("\n11-20 06:00 +1,010 +1,010 +0 +0 +0 +0\n")
                    .contains("\nnothing is missing\n");

            execute(store, "DELETE FROM seen WHERE key IN (SELECT key FROM seen LIMIT 3)");
            assertThat(status())
                    .containsPattern("swept +reported +in Sentinel +missing +deferred +withdrawn +rejected\n"
                            + "11-20 06:00 +1,010 +1,007 +3 +0 +0 +0\n"
                            + "  messages blocked +1,010 +1,007 +3 +0 +0 +0\n"
                            + "total +1,010 +1,007 +3 +0 +0 +0\n"
                            + "  clicks permitted +0 +0 +0 +0 +0 +0\n"
                            + "  clicks blocked +0 +0 +0 +0 +0 +0\n"
                            + "  messages delivered +0 +0 +0 +0 +0 +0\n"
                            + "  messages blocked +1,010 +1,007 +3 +0 +0 +0\n"
                            + "3 missing\n");
        }
    }

    @Test
    void eventsThatTapNoLongerReportsAreIgnored() {
        try (Store store = setup.open()) {
            begin(store, HOUR);
            deliver(store, events(12));
            sweep(store, HOUR, events(10));
        }
        assertThat(status())
                .containsPattern("\n11-20 06:00 +10 +10 +0 +0 +0 +0\ntotal +10 +10 +0 ")
                .contains("\nnothing is missing\n");
    }

    @Test
    void onlyTheLast24SweptHoursAreShown() {
        try (Store store = setup.open()) {
            begin(store, NOW.minus(Duration.ofHours(40)));
            IntStream.rangeClosed(5, 31).forEach(hours -> sweep(store, NOW.minus(Duration.ofHours(hours)), events(1)));
        }
        assertThat(status().lines().filter(line -> line.matches("11-\\d\\d \\d\\d:00 .*")))
                .hasSize(24)
                .anyMatch(line -> line.startsWith("11-20 07:00"))
                .anyMatch(line -> line.startsWith("11-19 08:00"));
    }

    @Test
    void hoursNotSweptYetAreShownWithTheirDueTime() {
        try (Store store = setup.open()) {
            begin(store, NOW.minus(Duration.ofHours(8)).plusSeconds(60));
            sweep(store, HOUR, events(1));
        }
        assertThat(status())
                .contains("not swept yet: 4 hours, 11-20 08:00 to 11-20 12:00, due from 11-20 13:00 to 11-20 16:00\n")
                .contains("not swept yet: 3 hours, 11-20 04:00 to 11-20 08:00, due since 11-20 09:00\n");
    }

    @Test
    void statusOfAnEmptyStore() {
        setup.open().close();
        assertThat(status())
                .contains("status at 2026-11-20 12:00:00, all times UTC")
                .contains("\nprogress              Nothing read yet. Next attempt 12:00 UTC.\n")
                .contains("\nbacklog               none\n")
                .contains("\ndeferred              none\n")
                .contains("\ngaps                  none\n")
                .contains("\nrejected              none\n")
                .contains("\npossible duplicates   none\n")
                .contains("\nrequests in the last 24 hours: none of 1,800 in each pool\n")
                .contains("\n540 are reserved for fresh polls\n")
                .contains("late rows: none in 90 days")
                .contains("changes to delivered events: none in 90 days");
    }

    @Test
    void nextAttemptIsTheFirstPollAfterTheBackOff() {
        try (Store store = setup.open()) {
            // written before the first request
            Instant origin = NOW.minus(Duration.ofHours(1));
            new ReadState(store, setup.clock()).begin(new Progress(origin, origin));
            new BackoffTable(store)
                    .write(new BackoffTable.Row(
                            401,
                            "no",
                            NOW.minusSeconds(60),
                            NOW.plus(Duration.ofMinutes(14)),
                            0,
                            new byte[0],
                            new byte[0]));
        }
        assertThat(status())
                .contains("\nfirst read from       2026-11-20 11:00:00\n")
                .contains("\nprogress              Nothing read yet. Next attempt 12:15 UTC.\n")
                .contains("\nlag                   none\n");
    }

    @Test
    void progressBacklogGapsAndRejectedRecordsAreShown() {
        try (Store store = setup.open()) {
            SeenKeys seen = new SeenKeys(store, 1_000, setup.clock());
            TimeRange gap = new TimeRange(
                    NOW.minus(Duration.ofDays(9)), NOW.minus(Duration.ofDays(7)).plusSeconds(300));
            TimeRange owed = new TimeRange(gap.to(), NOW.minus(Duration.ofDays(2)));
            new ReadState(store, setup.clock())
                    .commitPoll(
                            new Plan(
                                    Optional.empty(),
                                    List.of(owed),
                                    List.of(gap),
                                    new Progress(gap.from(), NOW.minusSeconds(63))),
                            new LedgerEntry(NOW, owed, Purpose.POLL, Map.of()),
                            InTransaction.NOTHING);
            seen.rejected(events(1).get(0));
            seen.sending(events(2));
            seen.recordAbandoned();
        }
        assertThat(status())
                .contains("first read from       2026-11-11 12:00:00")
                .contains("progress              2026-11-20 11:58:57")
                .contains("lag                   1 min 3 s")
                .contains("backlog               4 d 23 h in 1 range, oldest from 2026-11-13 12:05:00")
                .contains(
                        "gaps                  1 gap, 2 d in total, latest 2026-11-11 12:00:00 to 2026-11-13 12:05:00")
                .contains("rejected              1 record not in Sentinel, reported by TAP in the last 8 days\n")
                .contains("possible duplicates   2 records that Sentinel may hold twice\n");
    }

    @Test
    void suspendedTableComesFirstWithReasonAndRemedy() {
        try (Store store = setup.open()) {
            begin(store, HOUR);
            suspend(store);
            defer(store, HOUR, events(118));
        }
        assertThat(status())
                .startsWith("status at 2026-11-20 12:00:00, all times UTC\n\n"
                        + "ProofPointTAPMessagesBlockedV2_CL has been suspended for 1 h 3 min (since 10:57 UTC): Sentinel\n"
                        + "answered 403 Forbidden. 118 events are deferred; next probe at the first poll after 12:10 UTC.\n"
                        + "Assign the identity the role Monitoring Metrics Publisher on the data collection rule (effective\n"
                        + "within 30 minutes); the command doctor names the identity; the other tables go on, and TAP keeps the\n"
                        + "events for 7 days.\n\n"
                        + "source ")
                .contains("\ndeferred              118 events of messages blocked\n");
    }

    @Test
    void catchingUpTableIsShown() {
        try (Store store = setup.open()) {
            begin(store, HOUR);
            defer(store, HOUR, events(2));
        }
        assertThat(status())
                .contains(
                        "\nProofPointTAPMessagesBlockedV2_CL is catching up from 06:00 UTC: 2 events are deferred and being\n"
                                + "read from TAP again.\n");
    }

    @Test
    void figuresOfAnHourAddUpToTheReportedEvents() {
        try (Store store = setup.open()) {
            begin(store, HOUR);
            deliver(store, events(4));
            defer(store, HOUR, events(10).subList(4, 7));
            withdraw(store, HOUR);
            defer(store, HOUR, events(10).subList(7, 9));
            sweep(store, HOUR, events(10));
            sweep(store, HOUR.minus(Duration.ofHours(1)), events(4));
            events(12).subList(10, 12).forEach(new SeenKeys(store, 1_000, setup.clock())::rejected);
            sweep(store, HOUR.minus(Duration.ofHours(2)), events(12).subList(10, 12));
        }
        assertThat(status())
                .containsPattern("\n11-20 04:00 +2 +0 +0 +0 +0 +2\n  messages blocked +2 +0 +0 +0 +0 +2\n"
                        + "11-20 05:00 +4 +4 +0 +0 +0 +0\n"
                        + "11-20 06:00 +10 +4 +1 +2 +3 +0\n  messages blocked +10 +4 +1 +2 +3 +0\n"
                        + "total +16 +8 +1 +2 +3 +2\n")
                .contains("\n1 missing\n")
                .contains("\ndeferred              2 events of messages blocked; 3 withdrawn (see the command gaps)\n");
    }

    @Test
    void unreadableAnswersAreCountedWithRejectedRecords() throws Exception {
        setup.open().close();
        Files.createDirectories(setup.rejected());
        Files.createFile(setup.rejected().resolve("answer-20261120T101015Z-20261120T101045Z-unreadable.json"));
        assertThat(status()).contains("rejected              none; 1 unreadable answer at tap.rejected.uri\n");
    }

    @Test
    void requestsOfADayAreCountedByPoolAndPurpose() {
        setup.with("tap.budget.requests-per-day", "2000").with("tap.budget.reserve", "25 %");
        try (Store store = setup.open()) {
            RequestBudget budget = new RequestBudget(store, 2_000, 25, 288, new TapClock(setup.clock()), setup.clock());
            IntStream.range(0, 120).forEach(i -> budget.take(Pool.EVERYTHING_ELSE, Purpose.POLL));
            setup.clock().advance(Duration.ofHours(1));
            IntStream.range(0, 7).forEach(i -> budget.take(Pool.EVERYTHING_ELSE, Purpose.SWEEP));
            IntStream.range(0, 3).forEach(i -> budget.take(Pool.CLICKS_PERMITTED, Purpose.CATCH_UP));
        }
        assertThat(status())
                .containsPattern("everything-else +120 +0 +7 +0 +0 +127 +2,000\n")
                .containsPattern("clicks-permitted +0 +0 +0 +3 +0 +3 +2,000\n")
                .contains("500 are reserved for fresh polls");
        setup.clock().advance(Duration.ofHours(23));
        assertThat(status()).as("a day after the polls").containsPattern("everything-else +0 +0 +7 +0 +0 +7 +2,000\n");
    }

    @Test
    void readsLateRowsAndChangesAreSummedFromTheLedger() {
        try (Store store = setup.open()) {
            ledger(
                    store,
                    Purpose.POLL,
                    Duration.ofHours(1),
                    "fetched=1030 new=1000 duplicate=20 duplicate-inside=4 filtered=3 changed=2 rejected=1 late=9 lag-30m=9");
            ledger(
                    store,
                    Purpose.SWEEP,
                    Duration.ofHours(2),
                    "fetched=5 new=4 changed=1 late=4 lag-4h=3 lag-more=1 changed-status=1 changed-campaign=1 changed-message=1");
            ledger(store, Purpose.CATCH_UP, Duration.ofHours(3), "fetched=8 new=3 deferred=5");
            ledger(store, Purpose.BACKLOG, Duration.ofDays(30), "fetched=6 new=6 late=6 lag-3d=6");
            ledger(store, Purpose.POLL, Duration.ofDays(91), "fetched=100000 new=100000 late=100000");
        }
        assertThat(status())
                .containsPattern("poll +1 +1,030 +1,000 +24 +3 +2 +1 +0\n")
                .containsPattern("sweep +1 +5 +4 +0 +0 +1 +0 +0\n")
                .containsPattern("backlog +0 +0 +0 +0 +0 +0 +0 +0\n")
                .containsPattern("catch-up +1 +8 +3 +0 +0 +0 +0 +5\n")
                .containsPattern("\ntotal +3 +1,043 +1,007 +24 +3 +3 +1 +5\n")
                .containsPattern("\nall +9 +4 +15 +4\n")
                .containsPattern("up to 30 minutes late +9 +0 +9 +0\n")
                .containsPattern("up to 4 hours late +0 +3 +0 +3\n")
                .containsPattern("up to 3 days late +0 +0 +6 +0\n")
                .containsPattern("later +0 +1 +0 +1\n")
                .containsPattern("\nall +3 +3\n")
                .containsPattern("status +1 +1\n")
                .containsPattern("threat +0 +0\n")
                .containsPattern("campaign +1 +1\n")
                .containsPattern("message +1 +1\n");
    }

    @Test
    void filteredEventsAreShownByRoute() {
        try (Store store = setup.open()) {
            ledger(
                    store,
                    Purpose.POLL,
                    Duration.ofHours(1),
                    "fetched=5 filtered=5 filtered-by-before-messages-blocked=3 filtered-by-mine=2");
            ledger(
                    store,
                    Purpose.SWEEP,
                    Duration.ofHours(2),
                    "fetched=3 filtered=3 filtered-by-before-messages-blocked=3");
            assertThat(status())
                    .containsPattern("\nfiltered by routes +24 h +90 d\n"
                            + "all +8 +8\n +before-messages-blocked +6 +6\n +mine +2 +2\n\n");
            setup.clock().advance(Duration.ofDays(2));
            assertThat(status()).containsPattern("all +0 +8\n +before-messages-blocked +0 +6\n");
            setup.clock().advance(Duration.ofDays(90));
            assertThat(status()).doesNotContain("filtered by routes");
        }
    }

    /** Also checks that the lines fit a terminal. */
    private String status() {
        String status = setup.run("status").replace(System.lineSeparator(), "\n");
        assertThat(status.lines().filter(line -> !line.startsWith("store ")))
                .allMatch(line -> line.length() <= WIDEST, "at most 100 columns");
        return status;
    }

    private void begin(Store store, Instant origin) {
        new ReadState(store, setup.clock()).begin(new Progress(origin, NOW));
    }

    private static List<TapEvent> events(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> Events.event(TYPE, "id-" + i))
                .toList();
    }

    private void deliver(Store store, List<TapEvent> events) {
        new SeenKeys(store, 1_000, setup.clock()).delivered(0, events);
    }

    private void suspend(Store store) {
        new SuspensionTable(store)
                .suspended(
                        TYPE,
                        new Suspended(
                                NOW.minus(Duration.ofMinutes(63)),
                                NOW.plus(Duration.ofMinutes(10)),
                                3,
                                "Sentinel answered 403 Forbidden"));
    }

    private void defer(Store store, Instant hour, List<TapEvent> events) {
        HourKeys keys = new HourKeys();
        events.forEach(event -> keys.add(event.ref()));
        store.transaction(connection -> {
            new Deferrals(store, setup.clock())
                    .deferred(connection, new TimeRange(hour, hour.plusSeconds(3_600)), keys);
            return null;
        });
    }

    private void withdraw(Store store, Instant hour) {
        store.transaction(connection -> new Deferrals(store, setup.clock())
                .caughtUp(connection, TYPE, new TimeRange(hour, hour.plusSeconds(3_600)), false));
    }

    private static void sweep(Store store, Instant hour, List<TapEvent> found) {
        HourKeys keys = new HourKeys();
        found.forEach(event -> keys.add(event.ref()));
        store.transaction(connection -> {
            new Completeness(store).swept(connection, hour, hour.plus(Duration.ofHours(5)), keys);
            return null;
        });
    }

    /** @param counts as {@code fetched=5 new=4} */
    private static void ledger(Store store, Purpose purpose, Duration ago, String counts) {
        Instant at = NOW.minus(ago);
        new ReadState(store, new MovableClock(at))
                .commitWithoutProgress(
                        new LedgerEntry(
                                at,
                                new TimeRange(at.minusSeconds(3_600), at),
                                purpose,
                                Map.of(TYPE.arrayName(), parse(counts))),
                        InTransaction.NOTHING);
    }

    private static Map<String, Long> parse(String counts) {
        return Stream.of(counts.split(" "))
                .map(count -> count.split("="))
                .collect(Collectors.toMap(count -> count[0], count -> Long.valueOf(count[1])));
    }

    private static void execute(Store store, String sql) {
        store.transaction(connection -> {
            try (Statement statement = connection.createStatement()) {
                return statement.execute(sql);
            }
        });
    }
}
