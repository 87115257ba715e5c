package io.tapsentinel.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.event.HumanText;
import io.tapsentinel.store.ledger.LedgerEntry;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.tap.plan.TimeRange;
import io.tapsentinel.testing.FaultProxy.Fault;
import io.tapsentinel.testing.RunningProgram;
import io.tapsentinel.testing.SimulatedRun;
import io.tapsentinel.testing.SimulatedServices;
import java.nio.file.Files;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** First starts: how far back they reach, up to the edge of TAP's history, and what they report. */
class FirstStartIT extends SimulatedRun {

    private static final Instant START = SimulatedServices.START;
    private static final Duration HISTORY = Duration.ofDays(7);
    private static final Duration MARGIN = Duration.ofMinutes(5);
    private static final Duration SETTLE = Duration.ofMinutes(1);
    private static final Duration HOUR = Duration.ofHours(1);

    @Test
    void sevenDayBackfillReadsTheOldestHourFirstAndLosesOnlyTheMargin() throws Exception {
        services.with("tap.poll.backfill", "P7D").start().poll();

        assertThat(services.reads())
                .extracting(LedgerEntry::purpose)
                .containsExactly(Purpose.BACKLOG, Purpose.POLL, Purpose.BACKLOG);
        TimeRange oldest = read(0);
        assertThat(oldest.from())
                .isBetween(
                        START.minus(HISTORY).plus(MARGIN),
                        within(START.minus(HISTORY).plus(MARGIN)));
        assertThat(oldest.length()).isEqualTo(HOUR);
        assertThat(read(2).from()).as("continues after it").isEqualTo(oldest.to());
        assertThat(services.store().gaps()).containsExactly(new TimeRange(origin(), oldest.from()));
        assertThat(origin())
                .isBetween(
                        START.minus(SETTLE).minus(HISTORY),
                        within(START.minus(SETTLE).minus(HISTORY)));
        String gap = "ERROR gap: " + new TimeRange(origin(), oldest.from()).toText() + " can no longer be read";
        assertThat(log.lines()).anyMatch(line -> line.startsWith(gap));
        services.delivered().assertNoneLost(services.truth(oldest.from(), read(2).to(), START));
        assertThat(log.lines()).noneMatch(line -> line.contains("too far into the past"));
    }

    @Test
    void startBeforeTapsHistoryMakesAGapUpToTheFirstWindow() throws Exception {
        Instant nineDaysAgo = START.minus(Duration.ofDays(9));
        services.with("tap.poll.start", nineDaysAgo.toString()).start().poll();

        assertThat(services.reads().get(0).purpose()).isEqualTo(Purpose.BACKLOG);
        assertThat(services.store().gaps()).containsExactly(new TimeRange(nineDaysAgo, read(0).from()));
    }

    @Test
    void oldestHourIsReadOnceAlthoughTheFreshWindowFollowsARestart() throws Exception {
        services.with("tap.poll.backfill", "P7D").tapProxy().next(Fault.NONE, Fault.REFUSE);
        services.start().poll().stop();
        assertThat(services.reads()).hasSize(1);
        services.clock().advance(Duration.ofMinutes(20));

        services.start().poll();

        assertThat(services.reads())
                .extracting(LedgerEntry::purpose)
                .containsExactly(Purpose.BACKLOG, Purpose.POLL, Purpose.BACKLOG);
        assertThat(read(2).from()).isEqualTo(read(0).to());
        assertThat(services.store().gaps()).containsExactly(new TimeRange(origin(), read(0).from()));
    }

    @Test
    void failedOldestHourDelaysTheFreshWindowOnce() throws Exception {
        services.with("tap.poll.backfill", "P7D").tapProxy().next(Fault.REFUSE, Fault.NONE, Fault.REFUSE, Fault.REFUSE);
        RunningProgram program = services.start().poll();
        assertThat(services.reads()).extracting(LedgerEntry::purpose).containsExactly(Purpose.POLL);

        services.clock().advance(Duration.ofMinutes(5));
        program.poll();

        assertThat(services.reads())
                .extracting(LedgerEntry::purpose)
                .containsExactly(Purpose.POLL, Purpose.POLL, Purpose.BACKLOG);
        assertThat(services.store().gaps()).containsExactly(new TimeRange(origin(), read(2).from()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT3H", "P2D", "P10D"})
    void wrongClockLosesNothingMoreOnceTapsTimeIsKnown(Duration ahead) throws Exception {
        RunningProgram program = services.with("tap.poll.backfill", "P7D")
                .start(SimulatedServices.ahead(ahead))
                .poll();

        Instant edge = START.minus(HISTORY).plus(MARGIN);
        assertThat(services.store().gaps()).singleElement().satisfies(gap -> {
            assertThat(gap.from()).isBetween(edge.minusSeconds(365), within(edge.minusSeconds(360)));
            assertThat(gap.to()).isBetween(edge.minusSeconds(5), within(edge));
        });
        assertThat(services.store().backlog())
                .isNotEmpty()
                .allMatch(range -> range.to().isBefore(START));
        assertThat(services.store().progress()).isBefore(START);
        program.poll();
        assertThat(services.reads())
                .extracting(read -> read.window().from())
                .as("the oldest window")
                .anyMatch(from -> !from.isBefore(edge.minusSeconds(5)) && !from.isAfter(within(edge)));
        assertThat(services.rows()).doesNotHaveDuplicates();
    }

    @Test
    void timeFarFromTheEdgeIsReadAfterTheFreshWindow() {
        services.with("tap.poll.backfill", "P6D").start().poll();

        assertThat(services.reads()).extracting(LedgerEntry::purpose).containsExactly(Purpose.POLL, Purpose.BACKLOG);
    }

    @Test
    void firstStartReportsWhereReadingStarts() throws Exception {
        services.start().poll();

        assertThat(log.lines("reading from"))
                .containsExactly("INFO First start: reading from " + HumanText.time(origin(), START)
                        + " (tap.poll.backfill=PT1H)");
    }

    @Test
    void lostStoreIsReportedInsteadOfAFirstStart() throws Exception {
        services.start().poll().stop();
        Files.delete(services.state().resolve("tap.db"));
        log.lines().clear();

        services.start().poll();

        assertThat(log.lines("reading from"))
                .singleElement()
                .asString()
                .startsWith("WARN The store has lost what was read before: reading from "
                        + HumanText.time(origin(), START) + " (tap.poll.backfill=PT1H)")
                .endsWith("set tap.poll.start");
    }

    private TimeRange read(int number) {
        return services.reads().get(number).window();
    }

    private Instant origin() throws SQLException {
        return Instant.ofEpochMilli(services.store().number("SELECT origin FROM progress"));
    }

    /** The clock ticks while a program starts. */
    private static Instant within(Instant time) {
        return time.plusSeconds(20);
    }
}
