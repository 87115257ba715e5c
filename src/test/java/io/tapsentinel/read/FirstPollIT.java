package io.tapsentinel.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tapsentinel.app.Parts;
import io.tapsentinel.app.Program;
import io.tapsentinel.monitoring.health.KnownProblem;
import io.tapsentinel.process.FatalErrors;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.testing.FaultProxy.Fault;
import io.tapsentinel.testing.MovableClock;
import io.tapsentinel.testing.Programs;
import io.tapsentinel.testing.RunningProgram;
import io.tapsentinel.testing.SimulatedRun;
import io.tapsentinel.testing.SimulatedServices;
import io.tapsentinel.testing.UnreadableInstants;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.camel.health.HealthCheck.State;
import org.junit.jupiter.api.Test;

/** A program that has just started: when it asks TAP, how long it waits first, and when it is ready. */
class FirstPollIT extends SimulatedRun {

    private static final Duration SOON = Duration.ofSeconds(30);

    @Test
    void firstPollReadsTheFreshWindowAndThenTheBacklog() {
        RunningProgram program = services.with("tap.poll.backfill", "PT5H").start(asking(true));

        await("all is read").atMost(SOON).until(() -> services.reads().size() == 5);

        assertThat(services.reads(Purpose.POLL))
                .hasSize(1)
                .containsExactly(services.reads().get(0));
        assertThat(services.reads(Purpose.BACKLOG))
                .hasSize(4)
                .extracting(read -> read.window().from())
                .isSorted();
        assertThat(program.health("tap-start").getState()).isEqualTo(State.UP);
        assertThat(log.lines("the first request")).containsExactly("INFO TAP answered 200 to the first request");
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(log.lines("Sentinel accepts"))
                        .containsExactly("INFO Sentinel accepts rows for all 4 tables"));
        services.delivered()
                .assertNoneLost(services.truth(
                        SimulatedServices.START.minus(Duration.ofHours(5)),
                        services.reads().get(0).window().to(),
                        services.reads().get(0).readAt()));
    }

    @Test
    void restartPollsAMinuteAfterTheLastRequest() throws Exception {
        RunningProgram first = services.start(asking(true));
        await().atMost(SOON).until(() -> services.reads().size() == 1);
        first.stop();
        Instant asked = lastRequest();
        services.clock().advance(Duration.ofSeconds(20));

        services.start(asking(true));
        await("it polls").atMost(SOON).until(() -> services.reads().size() == 2);
        assertThat(Duration.between(asked, lastRequest())).isBetween(Duration.ofSeconds(60), Duration.ofSeconds(66));
    }

    @Test
    void crashLoopSendsOneRequestAMinuteAndReportsTheWait() throws Exception {
        for (int start = 0; start < 12; start++) {
            RunningProgram program = services.start(asking(false));
            if (start % 6 == 0) {
                await("it polls")
                        .atMost(SOON)
                        .until(() -> program.health("tap-start").getState() == State.UP);
            } else {
                await("it waits").atMost(SOON).until(() -> message(program).contains(" is due at 12:0"));
                assertThat(program.health("tap-start").getState()).isEqualTo(State.DOWN);
            }
            program.stop();
            services.clock().advance(Duration.ofSeconds(10).plusMillis(500));
        }
        assertThat(services.tapProxy().requests()).isEqualTo(2);
    }

    @Test
    void clockSetBackDuringTheWaitDelaysItByAMinuteAtMost() throws Exception {
        services.start().poll().stop();
        MovableClock clock = services.clock();
        Instant start = clock.steady().instant();
        AtomicReference<RunningProgram> program = new AtomicReference<>();
        AtomicReference<Duration> back = new AtomicReference<>(Duration.ofHours(2));
        CompletableFuture<Instant> turn = new CompletableFuture<>();
        Parts parts = new Parts() {
            @Override
            protected StopSignal stopSignal() {
                return new StopSignal() {
                    @Override
                    public boolean pause(Duration pause) {
                        if (program.get() == null) {
                            return super.pause(Duration.ofMillis(1));
                        }
                        if (message(program.get()).contains("clock was set back, so there is nothing to read yet")) {
                            turn.complete(clock.steady().instant());
                            return super.pause(Duration.ofHours(1));
                        }
                        clock.set(clock.now().minus(back.getAndSet(Duration.ZERO)));
                        clock.advance(pause);
                        return super.pause(Duration.ofMillis(1));
                    }
                };
            }
        };
        program.set(services.start((settings, properties, own, committed) -> new Program(
                        settings, properties, own, clock.steady(), committed, FatalErrors.LOG_ONLY, parts)
                .askAtOnce()));

        assertThat(turn.get(SOON.toSeconds(), TimeUnit.SECONDS)).isBetween(start, start.plusSeconds(150));
    }

    @Test
    void clockSetBackBeforeTheStartDelaysItByAMinuteAtMost() throws Exception {
        RunningProgram before = services.start().poll();
        services.clock().advance(Duration.ofHours(5));
        before.poll().stop();
        int requests = services.tapProxy().requests();
        services.clock().advance(Duration.ofHours(-3));
        Instant start = services.clock().now();

        services.start(asking(true));
        await("it asks").atMost(SOON).until(() -> services.tapProxy().requests() > requests);
        assertThat(services.clock().now()).isBetween(start, start.plusSeconds(66));
    }

    @Test
    void programIsReadyWithoutARequestWhenReadingStartsLater() {
        RunningProgram program =
                services.with("tap.poll.start", "2026-11-20T13:00:00Z").start(asking(false));

        await("ready").atMost(SOON).until(() -> program.health("tap-start").getState() == State.UP);
        assertThat(log.lines()).contains("INFO reading starts at 13:00 UTC (tap.poll.start); no request before that");
        assertThat(services.tapProxy().requests()).isZero();

        services.clock().advance(Duration.ofHours(2));
        program.poll();
        assertThat(log.lines()).contains("INFO TAP answered 200 to the first request");
    }

    @Test
    void clockSetBackUntilNothingIsDueIsReportedAndNotReady() throws Exception {
        services.start().poll().stop();
        services.clock().advance(Duration.ofHours(-3));
        try (Connection store = services.store().connect()) {
            store.createStatement().execute("DELETE FROM request_log");
        }

        RunningProgram program = services.start(asking(false));

        await("the first run has ended")
                .atMost(SOON)
                .until(() -> message(program).contains("clock was set back, so there is nothing to read yet"));
        assertThat(program.health("tap-start").getState()).isEqualTo(State.DOWN);
    }

    @Test
    void pageOfAnotherServerIsNotAnAnswerOfTap() {
        services.tapProxy().next(Fault.HTML);

        services.start(asking(true));

        await("it is reported")
                .atMost(SOON)
                .until(() -> log.lines().stream()
                        .anyMatch(line -> line.startsWith("WARN TAP has given no usable answer since the start (")));
        assertThat(log.lines()).noneMatch(line -> line.contains("to the first request"));
    }

    @Test
    void unreadableAnswerIsNotReportedAsAConnectionFailure() throws Exception {
        new UnreadableInstants(services.tapProxy()).add(SimulatedServices.START.minusSeconds(70));
        RunningProgram program =
                services.with("tap.retry.pauses", "PT5S,PT5S,PT5S").start(asking(true));

        await("windows are as short as possible")
                .atMost(SOON)
                .until(() ->
                        services.store().number("SELECT count(*) FROM unreadable WHERE to_at - from_at <= 28000") == 1);
        program.stop();
        assertThat(log.lines())
                .filteredOn(line -> line.startsWith("WARN " + KnownProblem.TAP_UNREADABLE.what()))
                .singleElement()
                .asString()
                .contains("cut or not JSON", KnownProblem.TAP_UNREADABLE.remedy());
        assertThat(log.lines())
                .as("TAP is reached, and reading has begun")
                .noneMatch(line -> line.contains("no usable answer") || line.contains("(tap.poll.start)"));
    }

    @Test
    void scheduledPollCountsAsTheFirstPoll() throws Exception {
        services.start().poll().stop();
        RunningProgram program = services.start(asking(false));
        await("it waits").atMost(SOON).until(() -> message(program).contains(" is due at 12:01"));

        program.poll();

        assertThat(program.health("tap-start").getState()).isEqualTo(State.UP);
        assertThat(services.tapProxy().requests()).isEqualTo(2);
    }

    @Test
    void programIsNotReadyUntilTheFirstRequestHasEnded() {
        services.tapProxy().hold();
        services.tapProxy().next(Fault.DROP);
        RunningProgram program = services.start(asking(true));
        await("TAP is asked").atMost(SOON).until(() -> services.tapProxy().held() == 1);
        assertThat(program.health("tap-start").getState()).isEqualTo(State.DOWN);
        assertThat(message(program)).isEqualTo("no request to TAP since the start: the first one has no answer yet");

        services.tapProxy().release();
        await("ready").atMost(SOON).until(() -> program.health("tap-start").getState() == State.UP);
        assertThat(program.healthMessage("tap-health"))
                .contains("TAP has given no usable answer since the start (", ": check tap.url, ");
        assertThat(log.lines("WARN TAP has given no usable answer since the start ("))
                .hasSize(1);
    }

    @Test
    void exhaustedBudgetPreventsTheFirstPollAndIsReported() throws Exception {
        services.with("tap.budget.requests-per-day", "2")
                .with("tap.sweep.ages", "none")
                .start()
                .poll()
                .poll()
                .stop();
        services.clock().advance(Duration.ofMinutes(2));

        RunningProgram program = services.start(asking(true));

        await("it is ready")
                .atMost(SOON)
                .until(() -> program.health("tap-start").getState() == State.UP);
        assertThat(program.healthMessage("tap-health"))
                .contains("reads are postponed because the request budget is used up");
        assertThat(services.tapProxy().requests()).isEqualTo(2);
    }

    /** @param timePasses whether the clock moves while the program pauses; otherwise no pause ends */
    private SimulatedServices.Maker asking(boolean timePasses) {
        return Programs.askingAtOnce(Programs.pausing(pause -> {
            services.clock().advance(timePasses ? pause : Duration.ZERO);
            return timePasses ? Duration.ofMillis(1) : Duration.ofHours(1);
        }));
    }

    private Instant lastRequest() throws Exception {
        return Instant.ofEpochMilli(services.store().number("SELECT max(at) FROM request_log"));
    }

    private static String message(RunningProgram program) {
        return program.healthMessage("tap-start");
    }
}
