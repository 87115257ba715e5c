package io.tapsentinel.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tapsentinel.store.ledger.LedgerCount;
import io.tapsentinel.store.ledger.LedgerEntry;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.tap.plan.TimeRange;
import io.tapsentinel.testing.FaultProxy.Fault;
import io.tapsentinel.testing.LogLines;
import io.tapsentinel.testing.RunningProgram;
import io.tapsentinel.testing.SimulatedServices;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Sweeps of the real program at noon, when hours up to 8:00 are due. */
class SweepRunIT {

    private static final Instant SEVEN = Instant.parse("2026-11-20T07:00:00Z");
    private static final Instant EIGHT = SEVEN.plus(Duration.ofHours(1));

    @AutoClose
    private SimulatedServices services = new SimulatedServices();

    @RegisterExtension
    final LogLines log = new LogLines();

    @Test
    void tickWithNothingDueSendsNoRequest() throws Exception {
        RunningProgram program = readFrom(EIGHT);
        int before = services.tapProxy().requests();

        program.sweep();

        assertThat(services.tapProxy().requests()).isEqualTo(before);
    }

    @Test
    void dueHourIsReadOnceAndChangesNothingElse() throws Exception {
        RunningProgram program = readFrom(SEVEN);
        Instant progress = services.store().progress();
        int before = services.tapProxy().requests();

        program.sweep().sweep();

        assertThat(services.tapProxy().requests()).isEqualTo(before + 1);
        assertThat(services.reads(Purpose.SWEEP))
                .extracting(LedgerEntry::window)
                .containsExactly(new TimeRange(SEVEN, EIGHT));
        assertThat(services.reads(Purpose.SWEEP).get(0).total(LedgerCount.NEW)).isZero();
        assertThat(services.store().progress()).isEqualTo(progress);
        assertThat(services.store().backlog()).isEmpty();
        assertHourIsComplete();
        assertThat(log.lines())
                .anyMatch(line ->
                        line.matches("INFO hour 2026-11-20 07:00 UTC: [1-9]\\d* events reported by TAP, none missing"));
    }

    @Test
    void nothingIsSweptBeforeTapsTimeIsKnown() throws Exception {
        readFrom(SEVEN).stop();
        RunningProgram program = services.start();
        int before = services.tapProxy().requests();

        program.sweep();

        assertThat(services.tapProxy().requests()).isEqualTo(before);
        program.poll().sweep();
        assertThat(services.reads(Purpose.SWEEP)).hasSize(1);
    }

    @Test
    void hourThatTimesOutIsReadInPartsAndCountedAsAWhole() throws Exception {
        RunningProgram program = readFrom(SEVEN);
        services.tapProxy().next(Fault.GATEWAY_TIMEOUT, Fault.GATEWAY_TIMEOUT);

        program.sweep().sweep();
        assertThat(services.reads(Purpose.SWEEP)).isEmpty();
        program.sweep();

        Instant half = SEVEN.plus(Duration.ofMinutes(30));
        assertThat(services.reads(Purpose.SWEEP))
                .extracting(LedgerEntry::window)
                .containsExactly(new TimeRange(SEVEN, half), new TimeRange(half, EIGHT));
        assertHourIsComplete();
    }

    @Test
    void pollRunsBetweenTwoHours() throws Exception {
        RunningProgram program = readFrom(SEVEN.minus(Duration.ofHours(1)));
        int before = services.reads().size();
        services.tapProxy().hold();
        CompletableFuture<Void> sweep = CompletableFuture.runAsync(program::sweep);
        await("the first hour is requested").until(() -> services.tapProxy().held() == 1);
        Thread poll = new Thread(program::poll);
        poll.start();
        await("the poll waits for its turn").until(() -> poll.getState() == Thread.State.WAITING);

        services.tapProxy().release();
        sweep.join();
        poll.join();

        assertThat(services.reads().stream().skip(before))
                .extracting(LedgerEntry::purpose)
                .containsExactly(Purpose.SWEEP, Purpose.POLL, Purpose.SWEEP);
    }

    @Test
    void twoFailedHoursEndTheTickAndAreReadByTheNext() throws Exception {
        RunningProgram program = readFrom(SEVEN.minus(Duration.ofHours(2)));
        Instant progress = services.store().progress();
        int before = services.tapProxy().requests();
        services.tapProxy().next(Fault.REFUSE, Fault.REFUSE);

        program.sweep();
        assertThat(services.tapProxy().requests()).isEqualTo(before + 2);
        assertThat(services.reads(Purpose.SWEEP)).isEmpty();
        assertThat(services.store().progress()).isEqualTo(progress);
        program.sweep();

        assertThat(services.reads(Purpose.SWEEP))
                .extracting(read -> read.window().to())
                .as("failed ones after the others")
                .containsExactly(SEVEN.minus(Duration.ofHours(1)), EIGHT, SEVEN);
    }

    @Test
    void sweepDoesNotRetryWithinATick() throws Exception {
        services.with("tap.retry.pauses", "PT0.01S,PT0.01S");
        RunningProgram program = readFrom(SEVEN);
        int before = services.tapProxy().requests();
        services.tapProxy().next(Fault.REFUSE);

        program.sweep();

        assertThat(services.tapProxy().requests()).isEqualTo(before + 1);
        assertThat(services.reads(Purpose.SWEEP)).isEmpty();
        program.sweep();
        assertThat(services.reads(Purpose.SWEEP)).hasSize(1);
        services.tapProxy().next(Fault.REFUSE, Fault.REFUSE);
        program.poll();
        assertThat(services.tapProxy().requests()).as("a poll").isEqualTo(before + 5);
    }

    @Test
    void restEndsTheTickAndTheHourIsReadAfterIt() throws Exception {
        RunningProgram program = readFrom(SEVEN.minus(Duration.ofHours(1)));
        int before = services.tapProxy().requests();
        services.tapProxy().next(Fault.THROTTLED);

        program.sweep().sweep();
        assertThat(services.tapProxy().requests()).as("one probe and no more").isEqualTo(before + 1);
        services.clock().advance(Duration.ofMinutes(6));
        program.sweep();

        assertThat(services.reads(Purpose.SWEEP)).hasSize(2);
        assertHourIsComplete();
    }

    @Test
    void stopInTheMiddleLeavesTheHourDue() throws Exception {
        RunningProgram program = readFrom(SEVEN);
        services.tapProxy().hold();
        CompletableFuture<Void> sweep = CompletableFuture.runAsync(program::sweep);
        await("the hour is requested").until(() -> services.tapProxy().held() == 1);
        CompletableFuture<Void> stop = CompletableFuture.runAsync(program.program()::stop);
        await("it stops").until(() -> stop.isDone());
        services.tapProxy().release();
        sweep.exceptionally(interrupted -> null).join();
        program.stop();
        assertThat(services.reads(Purpose.SWEEP)).isEmpty();
        assertThat(services.store().number("SELECT count(*) FROM sweep")).isZero();

        services.start().poll().sweep();

        assertThat(services.reads(Purpose.SWEEP)).hasSize(1);
        assertHourIsComplete();
    }

    @Test
    void rowsFiveHoursLateAreFoundAndCountedAsLate() throws Exception {
        services.close();
        Duration late = Duration.ofHours(5);
        services = new SimulatedServices(
                SimulatedServices.sixtyEventsAnHour().shareLate(0.3).lateLag(late, late));
        RunningProgram program = readFrom(SEVEN).sweep();
        services.clock().advance(Duration.ofHours(6));
        services.readAll(program).sweep();

        LedgerEntry again = services.reads(Purpose.SWEEP).stream()
                .filter(read -> read.window().to().equals(EIGHT))
                .reduce((first, last) -> last)
                .orElseThrow();
        assertThat(again.total(LedgerCount.LATE)).isGreaterThan(10).isEqualTo(again.total(LedgerCount.NEW));
        assertThat(again.counts().values().stream()
                        .mapToLong(of -> of.getOrDefault("lag-12h", 0L))
                        .sum())
                .isEqualTo(again.total(LedgerCount.LATE));
        List<String> truth = services.truth(SEVEN, EIGHT, services.clock().now());
        services.delivered().assertNoneLost(truth);
        assertHourIsComplete();
    }

    /** A program that has read everything since this time. */
    private RunningProgram readFrom(Instant start) throws SQLException {
        services.with("tap.poll.start", start.toString());
        return services.readAll(services.start());
    }

    private void assertHourIsComplete() throws SQLException {
        String hour = " FROM sweep WHERE hour = " + SEVEN.toEpochMilli();
        long truth = new HashSet<>(services.truth(SEVEN, EIGHT, services.clock().now())).size();
        assertThat(services.store().number("SELECT sum(theirs)" + hour))
                .isEqualTo(truth)
                .isGreaterThan(30);
        assertThat(services.store().number("SELECT sum(ours)" + hour)).isEqualTo(truth);
    }
}
