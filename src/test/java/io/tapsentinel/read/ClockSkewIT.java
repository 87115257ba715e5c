package io.tapsentinel.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.app.Parts;
import io.tapsentinel.app.Program;
import io.tapsentinel.event.HumanText;
import io.tapsentinel.process.FatalErrors;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.testing.FaultProxy.Fault;
import io.tapsentinel.testing.RunningProgram;
import io.tapsentinel.testing.SimulatedRun;
import io.tapsentinel.testing.SimulatedServices;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.camel.health.HealthCheck.State;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** This machine's clock and TAP's differ: nothing is lost, nothing stops, and the difference is reported. */
class ClockSkewIT extends SimulatedRun {

    private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);

    @ParameterizedTest
    @ValueSource(strings = {"PT2M", "PT3H"})
    void clockAheadIsRefusedOnceAndThenReadsByTapsTime(Duration ahead) throws Exception {
        RunningProgram program = services.start(SimulatedServices.ahead(ahead)).poll();

        assertThat(services.reads()).as("in the same run").hasSize(1);
        assertThat(services.tapProxy().requests()).isEqualTo(2);
        assertThat(program.health("tap-health").getState()).isEqualTo(State.UP);
        String words = HumanText.duration(ahead) + " ahead of TAP's";
        assertThat(program.healthDetail("tap-health", "tap.clock")).contains(words);
        assertThat(log.lines())
                .anyMatch(line -> line.startsWith("WARN") && line.contains("still current") && line.contains(words));

        for (int i = 0; i < 7; i++) {
            services.clock().advance(Duration.ofMinutes(10));
            program.poll();
        }
        assertThat(services.tapProxy().requests()).as("one refusal only").isEqualTo(9);
        assertThat(services.reads())
                .hasSize(8)
                .allMatch(read -> !read.window().to().isAfter(services.clock().now()));
        assertThat(services.store().gaps()).isEmpty();
        assertLandedSinceTheFirstRead();
    }

    @Test
    void clockAheadStepsBackUntilTapAnswersWithoutADate() throws Exception {
        services.tapProxy().date(null);
        RunningProgram program = services.start(SimulatedServices.ahead(Duration.ofMinutes(2)))
                .poll()
                .poll()
                .poll();

        assertThat(services.reads()).isNotEmpty();
        assertThat(log.lines())
                .anyMatch(line -> line.startsWith("WARN") && line.contains("ahead of TAP's by an unknown time"));
        assertThat(program.health("tap-health").getState()).isEqualTo(State.UP);
        assertLandedSinceTheFirstRead();
    }

    @Test
    void sweepWaitsForTapsTimeAfterAClockChange() throws Exception {
        services.with(
                "tap.poll.start",
                SimulatedServices.START.minus(Duration.ofHours(8)).toString());
        RunningProgram program = services.start(settable());
        services.readAll(program);
        ahead.set(Duration.ofDays(2));
        int before = services.tapProxy().requests();
        program.sweep();
        assertThat(services.tapProxy().requests())
                .as("hours are younger than this machine's clock says")
                .isEqualTo(before);

        program.poll().sweep();
        assertThat(services.reads(Purpose.SWEEP))
                .isNotEmpty()
                .allMatch(read -> !read.window().to().isAfter(SimulatedServices.START.minus(Duration.ofHours(4))));
    }

    @Test
    void dateOfARefusalCounts() throws Exception {
        services.tapProxy().next(Fault.REFUSE);
        RunningProgram program =
                services.start(SimulatedServices.ahead(Duration.ofMinutes(2))).poll();
        assertThat(program.healthDetail("tap-health", "tap.clock")).contains("2 min ahead of TAP's");

        program.poll();
        assertThat(services.tapProxy().requests())
                .as("no window is in the future")
                .isEqualTo(2);
        assertThat(services.reads()).hasSize(1);
    }

    @Test
    void clockBehindRequestsNothingTooOld() throws Exception {
        RunningProgram program =
                services.start(SimulatedServices.ahead(Duration.ofMinutes(-2))).poll();
        services.clock().advance(Duration.ofMinutes(5));
        program.poll();

        assertThat(services.reads()).hasSize(2);
        // a Date has whole seconds
        assertThat(program.healthDetail("tap-health", "tap.clock"))
                .containsAnyOf("1 min 59 s behind TAP's", "2 min behind TAP's");
        assertThat(log.lines("TAP's; windows are planned by the earlier one")).hasSize(1);
        assertLandedSinceTheFirstRead();
    }

    @Test
    void clockTenDaysAheadReadsByTapsTimeAndKeepsAllKeys() throws Exception {
        services.start().poll().stop();
        services.start(SimulatedServices.ahead(Duration.ofDays(10))).poll().stop();
        assertThat(services.reads()).hasSize(2);

        services.start().poll();
        assertThat(services.rows()).doesNotHaveDuplicates();
        services.assertEverythingLandedOnce();
    }

    @ParameterizedTest
    @ValueSource(strings = {"P10D", "-P10D"})
    void proxyWithAWrongClockCausesNoGapAndNoFutureWindow(Duration wrong) throws Exception {
        services.tapProxy().date(() -> services.clock().now().plus(wrong));
        RunningProgram program =
                services.with("tap.poll.backfill", "PT3H").start().poll().poll().poll();
        for (int i = 0; i < 4; i++) {
            services.clock().advance(Duration.ofMinutes(5));
            program.poll();
        }

        assertThat(services.store().gaps()).isEmpty();
        assertThat(services.reads()).hasSizeGreaterThanOrEqualTo(7);
        assertThat(program.health("tap-health").getState()).isEqualTo(State.UP);
        assertLandedSinceTheFirstRead();
    }

    @Test
    void clockTwoDaysAheadForAWhileForgetsNoRequest() throws Exception {
        RunningProgram program = services.start(settable()).poll().poll().poll();
        ahead.set(Duration.ofDays(2));
        program.poll();
        ahead.set(Duration.ZERO);
        program.poll();

        long sent = services.tapProxy().requests();
        assertThat(sent).isGreaterThanOrEqualTo(6);
        assertThat(services.store().requests()).isEqualTo(sent);
        assertThat(program.health("tap-health").getDetails())
                .containsEntry("tap.requests.everything-else.in-24-hours", sent);
        services.assertEverythingLandedOnce();
    }

    @Test
    void clockSetAheadMakesNoGapOfTheBacklog() throws Exception {
        services.with("tap.poll.backfill", "P6D");
        RunningProgram program = services.start(settable()).poll();
        ahead.set(Duration.ofDays(3));
        program.poll();
        ahead.set(Duration.ZERO);
        program.poll();

        assertThat(services.store().gaps()).isEmpty();
        assertThat(services.store().backlog().get(0).from())
                .as("three windows of it were read at most")
                .isBefore(SimulatedServices.ORIGIN.minus(Duration.ofDays(5)));
    }

    @Test
    void clockSetAheadDuringDeliveryForgetsNoKey() throws Exception {
        services.with("tap.poll.backfill", "PT5H");
        RunningProgram program = services.start(settable());
        services.readAll(program);
        setAheadWhileDelivering(program);

        services.clock().advance(Duration.ofMinutes(10));
        program.poll().sweep();

        assertThat(services.reads(Purpose.SWEEP)).isNotEmpty();
        assertThat(services.rows()).doesNotHaveDuplicates();
    }

    @Test
    void clockSetAheadDuringDeliveryMakesNoGapOfTheBacklog() throws Exception {
        services.with("tap.poll.backfill", "PT5H");
        RunningProgram program = services.start(settable()).poll();
        setAheadWhileDelivering(program);
        services.readAll(program);

        assertThat(services.store().gaps()).isEmpty();
        assertLandedSinceTheFirstRead();
    }

    private void setAheadWhileDelivering(RunningProgram program) {
        services.clock().advance(Duration.ofMinutes(10));
        services.eachRow((table, row) -> ahead.set(Duration.ofDays(10)));
        program.poll();
        assertThat(ahead.get()).as("the clock was set").isPositive();
        services.eachRow((table, row) -> {});
        ahead.set(Duration.ZERO);
    }

    /** A program whose clock the test sets. */
    private SimulatedServices.Maker settable() {
        return (settings, properties, clock, committed) -> new Program(
                settings,
                properties,
                new Clock() {
                    @Override
                    public Instant instant() {
                        return clock.instant().plus(ahead.get());
                    }

                    @Override
                    public ZoneId getZone() {
                        return clock.getZone();
                    }

                    @Override
                    public Clock withZone(ZoneId zone) {
                        throw new UnsupportedOperationException();
                    }
                },
                clock,
                committed,
                FatalErrors.LOG_ONLY,
                new Parts());
    }

    private void assertLandedSinceTheFirstRead() {
        var last = services.reads().get(services.reads().size() - 1);
        var first = services.reads().stream()
                .map(read -> read.window().from())
                .sorted()
                .findFirst()
                .orElseThrow();
        // by TAP's time, since the program's differs
        services.delivered()
                .assertNoneLost(services.truth(
                        first, last.window().to(), services.clock().now().minus(Duration.ofSeconds(10))));
        assertThat(services.rows()).hasSizeGreaterThan(30).doesNotHaveDuplicates();
    }
}
