package io.tapsentinel.monitoring.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.monitoring.Figures;
import io.tapsentinel.monitoring.health.Findings.Level;
import io.tapsentinel.monitoring.health.Findings.Problem;
import io.tapsentinel.read.PostponedReads;
import io.tapsentinel.read.SourceState;
import io.tapsentinel.store.Store;
import io.tapsentinel.store.ledger.InTransaction;
import io.tapsentinel.store.ledger.LedgerEntry;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.store.ledger.ReadState;
import io.tapsentinel.store.ledger.RequestBudget;
import io.tapsentinel.store.ledger.SuspensionTable;
import io.tapsentinel.tap.api.TapBackoff;
import io.tapsentinel.tap.api.TapClock;
import io.tapsentinel.tap.api.TapRefusedException;
import io.tapsentinel.tap.plan.PollSchedule;
import io.tapsentinel.tap.plan.Pool;
import io.tapsentinel.tap.plan.Progress;
import io.tapsentinel.tap.plan.TimeRange;
import io.tapsentinel.tap.plan.WindowSize;
import io.tapsentinel.testing.MovableClock;
import io.tapsentinel.testing.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TapHealthCheckTest {

    private static final int PER_DAY = 20;

    @TempDir
    Path folder;

    private final MovableClock clock = MovableClock.ticking(Instant.parse("2026-11-20T12:00:00.5Z"));
    private final SourceState tap = new SourceState(
            new TapBackoff(List.of(Duration.ofMinutes(5)), Duration.ofMinutes(15)),
            new TapClock(clock, clock.steady()),
            new WindowSize(),
            clock);

    @AutoClose
    private Store store;

    private RequestBudget budget;
    private PostponedReads postponed;
    private TapHealthCheck check;

    @BeforeEach
    void open() {
        store = TestDatabase.open(folder.resolve("tap.db"));
        budget = new RequestBudget(store, PER_DAY, 30, 5, new TapClock(clock), clock);
        postponed = new PostponedReads(budget, clock);
        check = new TapHealthCheck(
                tap,
                new Figures(store, new ReadState(store, clock), new SuspensionTable(store), clock),
                budget,
                postponed,
                new PollSchedule(Map.of("tap.poll.cron", "0 0/5 * * * ?")),
                clock);
    }

    @Test
    void thirdFailedWindowInARowIsDegraded() {
        fail();
        fail();
        assertThat(check.findings().level()).isEqualTo(Level.UP);
        assertThat(check.findings().details())
                .containsEntry("tap.windows-failed-in-a-row", 2)
                .containsEntry("tap.windows-failed-since", "2026-11-20T12:00:00Z")
                .containsEntry("tap.window-failed-last", "clicks ended without delivering");

        fail();
        assertThat(only(KnownProblem.TAP_FAILING).what())
                .contains("3 in a row since 12:00 UTC; last: clicks ended without delivering");

        tap.reading().committed(false);
        assertThat(check.findings().problems()).isEmpty();
        assertThat(check.findings().details()).doesNotContainKeys("tap.windows-failed-in-a-row", "tap.last-poll");
    }

    @Test
    void unreadableAnswersHaveTheirOwnProblem() {
        for (int i = 0; i < 3; i++) {
            tap.reading().failed("TAP's answer is cut", true, clock.instant());
        }
        assertThat(only(KnownProblem.TAP_UNREADABLE).what()).contains("3 in a row", "TAP's answer is cut");

        fail();
        assertThat(only(KnownProblem.TAP_FAILING).what()).contains("4 in a row");
    }

    @Test
    void refusedCredentialsAreReportedInsteadOfFailingWindows() {
        for (int i = 0; i < 4; i++) {
            tap.backoff().refused(new TapRefusedException(401, "no such principal"), clock.instant());
            fail();
        }
        clock.advance(Duration.ofHours(2));

        assertThat(only(KnownProblem.TAP_CREDENTIALS)).satisfies(problem -> {
            assertThat(problem.level()).isEqualTo(Level.DOWN);
            assertThat(problem.what()).contains("(TAP answered 401: no such principal; next attempt 14:05 UTC)");
            assertThat(problem.remedy()).contains("tap.principal and tap.secret");
        });
    }

    @Test
    void throttlingIsDegraded() {
        tap.backoff().refused(new TapRefusedException(429, "enough"), clock.instant());

        assertThat(only(KnownProblem.TAP_THROTTLED)).satisfies(problem -> {
            assertThat(problem.level()).isEqualTo(Level.DEGRADED);
            assertThat(problem.what()).contains("TAP answered 429: enough; next attempt 12:10 UTC");
        });
        assertThat(check.findings().details())
                .containsKey("tap.throttled")
                .containsEntry("tap.last-refusal", "TAP answered 429: enough");

        clock.advance(Duration.ofMinutes(16));
        assertThat(check.findings().problems())
                .extracting(Problem::what)
                .as("problems after three intervals")
                .anyMatch(what -> what.startsWith(KnownProblem.TAP_NO_POLL.what()));
    }

    @Test
    void noPollForThreeIntervalsIsDegraded() {
        clock.advance(Duration.ofMinutes(14));
        assertThat(check.findings().level()).isEqualTo(Level.UP);
        clock.advance(Duration.ofMinutes(2));
        assertThat(only(KnownProblem.TAP_NO_POLL).what()).contains("none since the start at 12:00 UTC");

        tap.reading().committed(true);
        assertThat(check.findings().problems()).isEmpty();
        assertThat(check.findings().details()).containsEntry("tap.last-poll", "2026-11-20T12:16:00Z");

        tap.reading().committed(false);
        clock.advance(Duration.ofMinutes(15));
        assertThat(only(KnownProblem.TAP_NO_POLL).what())
                .as("sweeps and backlog do not count")
                .contains("last poll at 12:16 UTC");
    }

    @Test
    void lowBudgetAndPostponedReadsAreDegraded() {
        for (int i = 0; i < PER_DAY - 2; i++) {
            budget.take(Pool.EVERYTHING_ELSE, Purpose.POLL);
        }
        assertThat(check.findings().level()).isEqualTo(Level.UP);
        budget.take(Pool.EVERYTHING_ELSE, Purpose.POLL);
        assertThat(only(KnownProblem.TAP_BUDGET).what())
                .contains("1 of 20 requests left for polls in pool everything-else");

        postponed.mustWait(Purpose.BACKLOG, 1, "the backlog waits, 4 h since 2026-11-20 08:00 UTC");
        assertThat(check.findings().problems())
                .extracting(Problem::what)
                .anyMatch(what -> what.contains("the backlog waits, 4 h"));
        assertThat(check.findings().level()).isEqualTo(Level.DEGRADED);
    }

    @Test
    void clockDifferenceIsAProblemFrom30Seconds() {
        Instant now = clock.now();
        tap.clock().observed(now.minusSeconds(10), now, now);
        assertThat(check.findings().level()).isEqualTo(Level.UP);
        assertThat(check.findings().details()).containsKey("tap.clock");

        tap.clock().observed(now.minusSeconds(60), now, now);
        assertThat(only(KnownProblem.TAP_CLOCK).what()).contains("1 min ahead of TAP's");
    }

    @Test
    void windowsRejectedAsNotOverYetMeanAClockAhead() {
        for (int i = 0; i < 2; i++) {
            tap.clock().stillCurrent();
        }
        assertThat(check.findings().problems()).as("20 s").isEmpty();
        tap.clock().stillCurrent();

        assertThat(only(KnownProblem.TAP_CLOCK).what()).contains("it is ahead: TAP rejects windows");
    }

    @Test
    void laterPollOfAnotherReplicaEndsTheProblem() {
        Instant refused = clock.now();
        tap.backoff().refused(new TapRefusedException(401, "no such principal"), refused);
        for (int i = 0; i < 3; i++) {
            fail();
        }
        clock.advance(Duration.ofMinutes(40));
        assertThat(only(KnownProblem.TAP_CREDENTIALS).level()).isEqualTo(Level.DOWN);

        commit(Purpose.SWEEP, clock.now());
        clock.advance(Duration.ofMinutes(1));
        assertThat(only(KnownProblem.TAP_CREDENTIALS).level())
                .as("a sweep does not end the problem")
                .isEqualTo(Level.DOWN);

        commit(Purpose.POLL, clock.now());
        clock.advance(Duration.ofMinutes(1));
        assertThat(check.findings().problems()).isEmpty();
        assertThat(check.findings().details()).containsEntry("tap.last-poll", "2026-11-20T12:41:00Z");
    }

    @Test
    void settingTheClockDoesNotChangeTheTimeWithoutPolls() {
        clock.set(clock.now().plus(Duration.ofDays(2)));
        tap.reading().committed(true);
        commit(Purpose.POLL, clock.now());
        clock.set(clock.now().minus(Duration.ofDays(2)));
        assertThat(check.findings().problems()).as("back").isEmpty();
        clock.advance(Duration.ofMinutes(21));
        assertThat(only(KnownProblem.TAP_NO_POLL).what()).contains("last poll at");

        tap.reading().committed(true);
        clock.set(clock.now().plus(Duration.ofHours(1)));
        assertThat(check.findings().problems()).as("ahead").isEmpty();
    }

    @Test
    void settingTheClockBackKeepsTheProblem() {
        tap.reading().committed(true);
        commit(Purpose.POLL, clock.now());
        clock.advance(Duration.ofMinutes(17));
        only(KnownProblem.TAP_NO_POLL);

        clock.set(clock.now().minus(Duration.ofMinutes(10)));

        assertThat(only(KnownProblem.TAP_NO_POLL).level()).isEqualTo(Level.DEGRADED);
    }

    @Test
    void pollsRecordedByAClockAheadDoNotHideProblemsLater() {
        clock.set(clock.now().plus(Duration.ofHours(2)));
        for (int i = 0; i < 24; i++) {
            commit(Purpose.POLL, clock.now());
            clock.advance(Duration.ofMinutes(5));
        }
        tap.reading().committed(true);
        clock.set(clock.now().minus(Duration.ofHours(2)));
        assertThat(check.findings().problems()).isEmpty();
        tap.backoff().refused(new TapRefusedException(401, "no such principal"), clock.now());

        for (int i = 0; i < 30; i++) {
            clock.advance(Duration.ofMinutes(5));
            assertThat(only(KnownProblem.TAP_CREDENTIALS).level()).isEqualTo(Level.DOWN);
        }
    }

    @Test
    void pollsOfAnotherReplicaCountAfterPollsRecordedByAClockAhead() {
        Instant ahead = clock.now().plus(Duration.ofHours(2));
        commit(Purpose.POLL, ahead);
        assertThat(check.findings().problems()).isEmpty();

        for (int i = 0; i < 5; i++) {
            clock.advance(Duration.ofMinutes(5));
            commit(Purpose.POLL, clock.now());
            clock.advance(Duration.ofSeconds(31));
            assertThat(check.findings().problems()).isEmpty();
        }
    }

    @Test
    void progressInTheFutureMeansAWrongClock() {
        Instant readTo = clock.now().minusSeconds(60);
        ReadState state = new ReadState(store, clock);
        state.begin(new Progress(readTo.minusSeconds(3_600), readTo.minusSeconds(3_600)));
        clock.set(clock.now().minus(Duration.ofDays(2)));
        assertThat(check.findings().problems()).as("nothing was read").isEmpty();

        store.transaction(connection ->
                connection.createStatement().executeUpdate("UPDATE progress SET read_to = " + readTo.toEpochMilli()));
        clock.advance(Duration.ofSeconds(31));

        assertThat(only(KnownProblem.TAP_CLOCK).what()).contains("progress is in the future: 20 Nov 11:59");
    }

    private void fail() {
        tap.reading().failed("clicks ended without delivering", false, clock.instant());
    }

    private void commit(Purpose purpose, Instant at) {
        new ReadState(store, clock)
                .commitWithoutProgress(
                        new LedgerEntry(at, new TimeRange(at.minusSeconds(60), at), purpose, Map.of()),
                        InTransaction.NOTHING);
    }

    private Problem only(KnownProblem known) {
        Findings findings = check.findings();
        assertThat(findings.problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.what()).startsWith(known.what()));
        return findings.problems().get(0);
    }
}
