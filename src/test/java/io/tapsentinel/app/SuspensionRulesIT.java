package io.tapsentinel.app;

import static io.tapsentinel.read.BrokenParts.catchUpWithoutFalsePositives;
import static io.tapsentinel.read.BrokenParts.guardThatKnowsNoDeferredTwin;
import static io.tapsentinel.read.BrokenParts.probeWithoutRecords;
import static io.tapsentinel.read.BrokenParts.producerThatDefersWhatItSends;
import static io.tapsentinel.read.BrokenParts.readThatCountsDeferredEventsAsLate;
import static io.tapsentinel.read.BrokenParts.readThatForgetsWhatItDeferred;
import static io.tapsentinel.read.BrokenParts.readThatForgetsWhichEventsItDeferred;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tapsentinel.event.EventType;
import io.tapsentinel.store.ledger.LedgerCount;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.testing.ChangingEvents;
import io.tapsentinel.testing.FaultProxy.Fault;
import io.tapsentinel.testing.RunningProgram;
import io.tapsentinel.testing.ScriptedTap;
import io.tapsentinel.testing.ScriptedTap.Event;
import io.tapsentinel.testing.SimulatedServices;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.apache.camel.health.HealthCheck;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * Tests each rule of suspension twice: the program passes the scenario, and a program with the bug that the rule prevents fails it.
 */
class SuspensionRulesIT {

    private static final EventType REFUSED = EventType.MESSAGES_DELIVERED;
    private static final Duration POLL = Duration.ofMinutes(5);
    /** Maximum pause between probes. */
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(30);

    @AutoClose
    private final SimulatedServices services = new SimulatedServices();

    /** How long a window must wait for open requests; longer for a bug, which ends the wait. */
    private Duration quiet = Duration.ofMillis(300);

    /** Passes for a correct program and must fail for one with a bug. */
    @FunctionalInterface
    private interface Scenario {
        void run(Parts parts) throws Exception;
    }

    @Test
    void eventsInAnOpenRequestAreNotDeferred() throws Exception {
        holds(this::heldProbe);
    }

    @Test
    void deferringEventsInAnOpenRequestCausesDuplicates() {
        fails(this::heldProbe, producerThatDefersWhatItSends());
    }

    @Test
    void tableThatAcceptsOnlyEmptyArraysStaysSuspended() throws Exception {
        holds(this::onlyEmptyArraysAccepted);
    }

    @Test
    void probesWithoutRecordsEndTheSuspensionTooEarly() {
        fails(this::onlyEmptyArraysAccepted, probeWithoutRecords());
    }

    @Test
    void deferredEventsOfPollsArriveHoursLater() throws Exception {
        holds(this::threeHoursOfPolls);
    }

    @Test
    void pollsThatForgetDeferredTimeLoseEvents() {
        fails(this::threeHoursOfPolls, readThatForgetsWhatItDeferred(Purpose.POLL));
    }

    @Test
    void deferredEventsAreNeitherMissingNorLate() throws Exception {
        holds(this::sweptAndThenDelivered);
    }

    @Test
    void readsThatForgetDeferredEventsCountThemAsMissing() {
        fails(this::sweptAndThenDelivered, readThatForgetsWhichEventsItDeferred());
    }

    @Test
    void readsThatCountDeferredEventsAsLateAreDetected() {
        fails(this::sweptAndThenDelivered, readThatCountsDeferredEventsAsLate());
    }

    private void heldProbe(Parts parts) throws Exception {
        RunningProgram program = suspended(parts);
        services.sinkProxy().forget();
        services.sinkProxy().hold(REFUSED.table());
        services.clock().advance(Duration.ofMinutes(1));
        CompletableFuture<Void> poll = program.pollInBackground();
        await("the probe is open").until(() -> services.sinkProxy().held() > 0);
        try {
            // without the rule, the window commits and its events are read again while the probe is open
            await().atMost(quiet).until(poll::isDone);
        } catch (ConditionTimeoutException waits) {
            assertThat(poll).isNotDone();
        }
        services.sinkProxy().release();
        poll.join();
        program.stop();

        services.assertEverythingLandedOnce();
    }

    private void onlyEmptyArraysAccepted(Parts parts) throws Exception {
        services.sinkProxy().alwaysRecords(REFUSED.table(), Fault.REFUSE);
        RunningProgram program = suspended(parts);
        for (int polls = services.reads(Purpose.POLL).size() + 1; polls < 8; polls++) {
            services.clock().advance(POLL);
            program.poll();
            assertThat(services.reads(Purpose.POLL))
                    .as("windows that committed")
                    .hasSize(polls);
        }
        services.sinkProxy().forget();
        services.clock().advance(LONGEST_PAUSE);
        program.pollWithTimeLeft();
        services.assertEverythingLandedOnce();
    }

    private void threeHoursOfPolls(Parts parts) throws Exception {
        RunningProgram program = suspended(parts);
        pollFor(program, Duration.ofHours(3));
        accept(program);
        services.assertEverythingLandedOnce();
    }

    private void sweptAndThenDelivered(Parts parts) throws Exception {
        RunningProgram program = suspended(parts);
        pollFor(program, Duration.ofHours(5));
        program.sweep();
        assertThat(services.store()
                        .number("SELECT sum(theirs) FROM sweep WHERE stream = '" + REFUSED.arrayName() + "'"))
                .isPositive();
        assertNothingIsMissing(program);

        services.sinkProxy().forget();
        services.clock().advance(LONGEST_PAUSE);
        program.poll();
        assertThat(services.reads(Purpose.POLL).stream()
                        .mapToLong(read -> read.counts()
                                .getOrDefault(REFUSED.arrayName(), Map.of())
                                .getOrDefault(LedgerCount.LATE.word(), 0L))
                        .sum())
                .as("late")
                .isZero();
    }

    /** Scenarios with listed events. */
    @Nested
    class OfListedEvents {

        private static final Instant CREATED = SimulatedServices.START.minus(Duration.ofMinutes(30));

        private final List<String> rows = new CopyOnWriteArrayList<>();

        @AutoClose
        private ScriptedTap tap;

        @BeforeEach
        void open() throws Exception {
            tap = new ScriptedTap(services.clock());
            services.with("tap.url", tap.uri().toString()).eachRow((table, row) -> rows.add(ChangingEvents.label(row)));
        }

        @Test
        void deferredEventThatBecomesFalsePositiveArrives() throws Exception {
            holds(this::falsePositiveMeanwhile);
        }

        @Test
        void catchUpWithoutFalsePositivesLosesIt() {
            fails(this::falsePositiveMeanwhile, catchUpWithoutFalsePositives());
        }

        @Test
        void eventDeferredByASweepArrives() throws Exception {
            holds(this::foundByASweep);
        }

        @Test
        void sweepsThatForgetDeferredTimeLoseIt() {
            fails(this::foundByASweep, readThatForgetsWhatItDeferred(Purpose.SWEEP));
        }

        @Test
        void deferredEventThatOccursTwiceInAnAnswerDoesNotBlockTheWindow() throws Exception {
            holds(this::twinsInOneAnswer);
        }

        @Test
        void guardThatIgnoresDeferredTwinsBlocksTheWindow() {
            fails(this::twinsInOneAnswer, guardThatKnowsNoDeferredTwin());
        }

        private void falsePositiveMeanwhile(Parts parts) throws Exception {
            tap.add(message("one", "falsePositive"));
            RunningProgram program = suspended(parts);
            services.clock().advance(Duration.ofHours(3));
            program.poll();

            accept(program);

            assertThat(rows).containsExactly("one/falsePositive+1");
        }

        private void foundByASweep(Parts parts) throws Exception {
            Event late = message("late", "");
            tap.add(message("one", ""));
            tap.add(new Event(late.type(), late.created(), CREATED.plus(Duration.ofHours(3)), late.versions()));
            RunningProgram program = suspended(parts);
            pollFor(program, Duration.ofHours(5));
            program.sweep();
            assertThat(services.reads(Purpose.SWEEP)).isNotEmpty();

            accept(program);

            assertThat(rows).containsExactlyInAnyOrder("one/active+1", "late/active+1");
        }

        private void twinsInOneAnswer(Parts parts) throws Exception {
            IntStream.range(0, 5).mapToObj(i -> message("twin-" + i, "")).forEach(twin -> {
                tap.add(twin);
                tap.add(twin);
            });
            RunningProgram program = suspended(parts);
            assertThat(services.store().number("SELECT count(*) FROM deferred")).isEqualTo(5);

            accept(program);

            assertThat(rows).hasSize(5).doesNotHaveDuplicates();
        }

        private Event message(String name, String then) {
            return ChangingEvents.of(name, REFUSED, true, CREATED, Duration.ofHours(2), then);
        }
    }

    /** Starts a program and suspends the table: the first window fails, the second commits. */
    private RunningProgram suspended(Parts parts) throws SQLException {
        services.sinkProxy().alwaysRecords(REFUSED.table(), Fault.REFUSE);
        RunningProgram program = services.start(parts).poll();
        assertThat(services.reads()).isEmpty();
        services.clock().advance(Duration.ofMinutes(2));
        program.poll();
        assertThat(services.store().number("SELECT count(*) FROM suspended")).isOne();
        assertThat(services.reads(Purpose.POLL)).hasSize(1);
        return program;
    }

    private void pollFor(RunningProgram program, Duration time) {
        for (Duration left = time; !left.isNegative() && !left.isZero(); left = left.minusMinutes(25)) {
            services.clock().advance(Duration.ofMinutes(25));
            program.poll();
        }
    }

    /** Makes the table accept rows again and lets the program catch up. */
    private void accept(RunningProgram program) {
        services.sinkProxy().forget();
        services.clock().advance(LONGEST_PAUSE);
        program.pollWithTimeLeft();
    }

    private void assertNothingIsMissing(RunningProgram program) {
        HealthCheck.Result completeness = program.health("tap-completeness");
        assertThat(completeness.getDetails()).containsEntry("tap.sweep.missing", 0L);
        assertThat(completeness.getState()).isEqualTo(HealthCheck.State.UP);
    }

    private static void holds(Scenario scenario) throws Exception {
        scenario.run(new Parts());
    }

    private void fails(Scenario scenario, Parts mistake) {
        quiet = Duration.ofSeconds(20);
        assertThatThrownBy(() -> scenario.run(mistake))
                .as("the scenario must detect this bug")
                .isInstanceOf(AssertionError.class);
    }
}
