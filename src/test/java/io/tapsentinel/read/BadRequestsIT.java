package io.tapsentinel.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.event.HumanText;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.tap.plan.TimeRange;
import io.tapsentinel.testing.FaultProxy.Fault;
import io.tapsentinel.testing.RunningProgram;
import io.tapsentinel.testing.SimulatedRun;
import io.tapsentinel.testing.SimulatedServices;
import java.time.Duration;
import java.time.Instant;
import org.apache.camel.health.HealthCheck.State;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** TAP answers 400. Time it no longer reports becomes a gap, other time stays due, and nothing is skipped silently. */
class BadRequestsIT extends SimulatedRun {

    @BeforeEach
    void open() throws Exception {
        services.with("tap.retry.pauses", "PT0S,PT0S");
    }

    @Test
    void eachTooOldRefusalGivesUpFiveMinutesAndTheRestIsRead() throws Exception {
        Instant origin = SimulatedServices.START.minus(Duration.ofDays(7)).plus(Duration.ofMinutes(20));
        services.with("tap.poll.start", origin.toString()).tapProxy().next(Fault.TOO_OLD, Fault.TOO_OLD);
        RunningProgram program = services.start().poll();

        TimeRange gap = new TimeRange(origin, origin.plus(Duration.ofMinutes(10)));
        assertThat(services.store().gaps()).containsExactly(gap);
        assertThat(log.line("ERROR gap: ")).contains(gap.toText());
        assertThat(services.reads().get(0).window().from()).isEqualTo(gap.to());
        assertThat(services.store().requests())
                .as("two refusals, the oldest window, the fresh one, one of the backlog")
                .isEqualTo(5);
        assertThat(program.health("tap-health").getState()).isEqualTo(State.UP);
    }

    @Test
    void recentTimeRefusedAsTooOldStaysDueAndHealthIsDown() throws Exception {
        services.with("tap.poll.backfill", "PT3H").tapProxy().next(Fault.TOO_OLD, Fault.NONE, Fault.TOO_OLD);
        RunningProgram program = services.start().poll();
        assertThat(program.health("tap-health").getState()).isEqualTo(State.DOWN);
        assertThat(program.healthMessage("tap-health")).contains("too far into the past");

        for (int i = 0; i < 5; i++) {
            program.poll();
        }

        assertThat(services.store().gaps()).isEmpty();
        assertThat(services.store().backlog()).isEmpty();
        assertThat(program.health("tap-health").getState()).isEqualTo(State.UP);
        Instant end = SimulatedServices.START.minus(Duration.ofMinutes(1));
        services.delivered()
                .assertNoneLost(services.truth(
                        SimulatedServices.START.minus(Duration.ofMinutes(181)), end, SimulatedServices.START));
        assertThat(services.rows()).doesNotHaveDuplicates();
    }

    @Test
    void clockBehindLosesOnlyWhatTapNoLongerReports() throws Exception {
        Instant origin = SimulatedServices.START.minus(Duration.ofDays(7)).minus(Duration.ofMinutes(15));
        services.with("tap.poll.start", origin.toString());
        services.start(SimulatedServices.ahead(Duration.ofMinutes(-40))).poll();

        assertThat(services.store().gaps()).singleElement().satisfies(gap -> {
            assertThat(gap.from()).isEqualTo(origin);
            // five minutes of margin; the ticking clock and the whole seconds of a Date shift it by one or two
            assertThat(Duration.between(
                            SimulatedServices.START.minus(Duration.ofDays(7)).plus(Duration.ofMinutes(5)), gap.to()))
                    .isBetween(Duration.ofSeconds(-2), Duration.ofSeconds(2));
        });
        assertThat(services.reads())
                .hasSize(3)
                .first()
                .satisfies(read -> assertThat(read.window().from())
                        .isEqualTo(services.store().gaps().get(0).to()));
        assertThat(log.lines())
                .anyMatch(line ->
                        line.startsWith("ERROR gap: " + HumanText.time(origin).replace(" UTC", "-")));
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"BADLY_FORMED", "SILENT_400"})
    void unknownRefusalKeepsTheWindowDueAndHealthIsDown(Fault fault) throws Exception {
        services.tapProxy().next(fault);
        RunningProgram program = services.start().poll();

        assertThat(services.tapProxy().requests())
                .as("not requested again right away")
                .isEqualTo(1);
        assertThat(services.store().progress()).isEqualTo(SimulatedServices.ORIGIN);
        assertThat(services.store().gaps()).isEmpty();
        assertThat(program.health("tap-health").getState()).isEqualTo(State.DOWN);
        assertThat(program.healthMessage("tap-health"))
                .contains(
                        fault == Fault.SILENT_400
                                ? "(TAP answered 400)"
                                : "(TAP answered 400: The interval parameter is badly formed)");
        assertThat(program.healthDetail("tap-health", "tap.refused-window"))
                .startsWith(SimulatedServices.ORIGIN.toString());

        program.poll();
        assertThat(program.health("tap-health").getState()).isEqualTo(State.UP);
        services.assertEverythingLandedOnce();
    }

    @Test
    void refusedPartOfTheBacklogDoesNotBlockOtherTime() throws Exception {
        services.with("tap.poll.backfill", "PT4H").tapProxy().next(Fault.NONE, Fault.BADLY_FORMED);
        RunningProgram program = services.start().poll();
        Instant origin = SimulatedServices.START.minus(Duration.ofMinutes(241));
        TimeRange refused = new TimeRange(origin, origin.plus(Duration.ofHours(1)));

        assertThat(services.reads()).extracting(read -> read.purpose()).containsExactly(Purpose.POLL, Purpose.BACKLOG);
        assertThat(services.reads().get(1).window().from())
                .as("the next part, in the same run")
                .isEqualTo(refused.to());
        assertThat(services.store().backlog()).contains(refused);

        services.tapProxy().next(Fault.NONE, Fault.BADLY_FORMED, Fault.BADLY_FORMED);
        program.poll();
        assertThat(services.tapProxy().requests())
                .as("two failures in a row end the run")
                .isEqualTo(6);
        assertThat(program.health("tap-health").getState())
                .as("fresh time is read, the refused window is not")
                .isEqualTo(State.DOWN);

        program.poll().poll().poll();
        assertThat(services.store().backlog()).isEmpty();
        assertThat(program.health("tap-health").getState()).isEqualTo(State.UP);
        Instant end = SimulatedServices.START.minus(Duration.ofMinutes(1));
        services.delivered().assertNoneLost(services.truth(origin, end, SimulatedServices.START));
        assertThat(services.rows()).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"UNAUTHORIZED", "THROTTLED"})
    void refusalWithARestEndsTheBacklogAtOnce(Fault fault) throws Exception {
        services.with("tap.poll.backfill", "PT4H").tapProxy().next(Fault.NONE, fault);
        services.start().poll();

        assertThat(services.tapProxy().requests()).isEqualTo(2);
    }
}
