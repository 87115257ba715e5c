package io.tapsentinel.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tapsentinel.tap.plan.TimeRange;
import io.tapsentinel.testing.FaultProxy.Fault;
import io.tapsentinel.testing.Programs;
import io.tapsentinel.testing.RunningProgram;
import io.tapsentinel.testing.SimulatedRun;
import io.tapsentinel.testing.SimulatedServices;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Passing faults of TAP or the network: the run retries the window, and shortens it when it is too much. */
class RetriesIT extends SimulatedRun {

    @Test
    void windowIsReadAtTheFourthAttemptAndEachAttemptCounts() throws Exception {
        RunningProgram program =
                services.with("tap.retry.pauses", "PT0S,PT0S,PT0S").start();
        int windows = 0;
        for (Fault fault : List.of(Fault.REFUSE, Fault.BAD_GATEWAY, Fault.LOSE_ANSWER, Fault.BROKEN_BODY, Fault.DROP)) {
            services.tapProxy().next(fault, fault, fault);
            program.poll();
            windows++;

            assertThat(services.tapProxy().requests()).as(fault.name()).isEqualTo(4 * windows);
            assertThat(services.store().requests()).as(fault.name()).isEqualTo(4 * windows);
            assertThat(services.reads()).as(fault.name()).hasSize(windows);
            services.assertEverythingLandedOnce();
            services.clock().advance(Duration.ofMinutes(5));
        }
    }

    @Test
    void unreadableAnswerIsRequestedInHalvesAfterTwoAttempts() throws Exception {
        RunningProgram program =
                services.with("tap.retry.pauses", "PT0S,PT0S,PT0S").start();
        for (Fault fault : List.of(Fault.HTML, Fault.CUT_BODY)) {
            int before = services.tapProxy().requests();
            services.tapProxy().next(fault, fault, fault);
            program.pollWithTimeLeft();

            assertThat(services.tapProxy().requests() - before)
                    .as("%s: the hour twice, its newest half, then one for each halving", fault)
                    .isBetween(4, 14);
            assertThat(services.store().backlog()).as(fault.name()).isEmpty();
            assertThat(services.store().number("SELECT count(*) FROM unreadable"))
                    .as(fault.name())
                    .isZero();
            assertThat(services.store().gaps()).as(fault.name()).isEmpty();
            services.assertEverythingLandedOnce();
            services.clock().advance(Duration.ofMinutes(5));
        }
    }

    @Test
    void nextRunRetriesWhenRetriesAreUsedUp() throws Exception {
        services.with("tap.retry.pauses", "PT0S").tapProxy().next(Fault.REFUSE, Fault.REFUSE);
        RunningProgram program = services.start().poll();
        assertThat(services.tapProxy().requests()).isEqualTo(2);
        assertThat(services.reads()).isEmpty();
        assertThat(program.health("tap-health").getDetails())
                .containsEntry("tap.failures-in-a-row", 2)
                .containsEntry("tap.windows-failed-in-a-row", 2)
                .containsEntry("tap.window-failed-last", "TAP answered 500: no such luck")
                .containsEntry("tap.last-error", "tap-500")
                .containsEntry("status", "DEGRADED")
                .doesNotContainKey("tap.last-poll");

        program.poll();
        assertThat(program.health("tap-health").getDetails())
                .doesNotContainKeys("tap.failures-in-a-row", "tap.windows-failed-in-a-row")
                .containsKey("tap.last-poll")
                .containsEntry("tap.last-error", "tap-500");
        services.assertEverythingLandedOnce();
    }

    @Test
    void eventsAcknowledgedInAnEarlierAttemptAreNotSentAgain() throws Exception {
        services.with("tap.retry.pauses", "PT0S").tapProxy().next(Fault.CUT_BODY);
        services.start().poll();

        assertThat(services.reads())
                .singleElement()
                .satisfies(read -> assertThat(read.counts().values().stream()
                                .mapToLong(counts -> counts.get("duplicate"))
                                .sum())
                        .as("delivered by the attempt that was cut")
                        .isPositive());
        services.assertNothingTwice();
    }

    @Test
    void refusalsOfSentinelCauseNoFurtherRequestsToTap() throws Exception {
        services.with("tap.retry.pauses", "PT0S,PT0S");
        services.sinkProxy().next(Collections.nCopies(50, Fault.REFUSE).toArray(Fault[]::new));
        services.start().poll();

        assertThat(services.tapProxy().requests()).isEqualTo(1);
    }

    @Test
    void pausesAreThoseOfThePropertyPlusUpToAFifth() throws Exception {
        List<Duration> pauses = new CopyOnWriteArrayList<>();
        services.with("tap.retry.pauses", "PT5S,PT20S,PT1M")
                .tapProxy()
                .next(Fault.REFUSE, Fault.REFUSE, Fault.REFUSE, Fault.REFUSE);
        services.start(Programs.pausing(pause -> {
                    pauses.add(pause);
                    return Duration.ZERO;
                }))
                .poll();
        assertThat(pauses).hasSize(3);
        for (int i = 0; i < 3; i++) {
            Duration set = List.of(Duration.ofSeconds(5), Duration.ofSeconds(20), Duration.ofMinutes(1))
                    .get(i);
            assertThat(pauses.get(i)).isBetween(set, set.multipliedBy(6).dividedBy(5));
        }
    }

    @Test
    void stopEndsAPauseAtOnce() throws Exception {
        services.with("tap.retry.pauses", "PT10M").tapProxy().next(Fault.REFUSE);
        RunningProgram program = services.start();
        CompletableFuture<Void> run = program.pollInBackground();
        await("the first attempt has failed")
                .until(() -> log.lines().stream().anyMatch(line -> line.contains("TAP answered 500")));

        assertThat(program.stop()).isEqualTo("drained: 0 rows, 0 pending");
        run.get(30, TimeUnit.SECONDS);
        assertThat(services.tapProxy().requests()).isEqualTo(1);
    }

    @Test
    void windowIsHalvedAfterTwoTimeoutsAndGrowsBack() throws Exception {
        services.with("tap.retry.pauses", "PT0S,PT0S,PT0S")
                .tapProxy()
                .next(Fault.GATEWAY_TIMEOUT, Fault.GATEWAY_TIMEOUT);
        RunningProgram program = services.start().poll();
        Instant end = SimulatedServices.START.minus(Duration.ofMinutes(1));

        assertThat(services.tapProxy().requests())
                .as("hour, hour, newest half, older half")
                .isEqualTo(4);
        assertThat(services.reads())
                .extracting(read -> read.window())
                .containsExactly(
                        new TimeRange(end.minus(Duration.ofMinutes(30)), end),
                        new TimeRange(SimulatedServices.ORIGIN, SimulatedServices.ORIGIN.plus(Duration.ofMinutes(30))));
        assertThat(services.store().backlog()).isEmpty();
        assertThat(log.lines())
                .anyMatch(line -> line.startsWith("WARN")
                        && line.contains("UTC failed, will retry in windows of 30 min: TAP answered 504"));
        assertThat(program.health("tap-health").getDetails()).containsEntry("tap.longest-window", "PT30M");
        services.assertEverythingLandedOnce();

        program.poll();
        assertThat(program.health("tap-health").getDetails()).doesNotContainKey("tap.longest-window");
        services.assertEverythingLandedOnce();
    }

    @Test
    void timeoutsInTwoRunsHalveTheWindowToo() throws Exception {
        services.tapProxy().next(Fault.GATEWAY_TIMEOUT, Fault.GATEWAY_TIMEOUT);
        RunningProgram program = services.start().poll().poll();
        assertThat(services.reads()).isEmpty();

        program.poll();
        assertThat(services.reads().get(0).window().length()).hasMinutes(30);
        services.assertEverythingLandedOnce();
    }
}
