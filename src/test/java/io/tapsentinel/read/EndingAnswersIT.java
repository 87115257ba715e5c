package io.tapsentinel.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.app.Parts;
import io.tapsentinel.app.RunContext;
import io.tapsentinel.event.TapEvent;
import io.tapsentinel.store.keys.SeenKeys;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.tap.plan.TimeRange;
import io.tapsentinel.testing.RunningProgram;
import io.tapsentinel.testing.SimulatedRun;
import io.tapsentinel.testing.SimulatedServices;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/**
 * An instant whose events end the process when they are read, and processes that end during a read for other reasons.
 */
class EndingAnswersIT extends SimulatedRun {

    private static final Instant OLDER = SimulatedServices.ORIGIN.minus(Duration.ofHours(1));

    private final List<Error> ends = new CopyOnWriteArrayList<>();
    private final List<TimeRange> read = new CopyOnWriteArrayList<>();
    private final List<Instant> fatal = new CopyOnWriteArrayList<>();
    private RunningProgram program;
    private String state = "state";
    /** Where a killed process leaves its store; null for a process that ends because of an Error. */
    private String killed;

    @Test
    void badInstantInADueHourEndsAtMostTwelveProcessesWhileNewEventsFlow() throws Exception {
        Instant at = OLDER.plusSeconds(1_234);
        fatal.add(at);
        services.with("tap.poll.start", OLDER.toString());
        int processes = 0;
        do {
            processes++;
            processes(1);
            assertThat(services.store().progress())
                    .as("process " + processes + " has read the fresh window")
                    .isAfter(services.clock().now().minus(Duration.ofMinutes(7)));
        } while (services.store().gaps().isEmpty() && processes < 30);

        assertThat(ends).hasSizeBetween(2, 12);
        assertThat(services.store().number("SELECT count(*) FROM gap WHERE reason LIKE '%(2 attempts)%'"))
                .as("each of them is known to be an Error")
                .isEqualTo(1);
        assertThat(services.store().gaps())
                .singleElement()
                .matches(gap -> !at.isBefore(gap.from()) && !at.isAfter(gap.to()))
                .matches(gap -> gap.length().toSeconds() <= 30);
        assertThat(log.line("ERROR gap")).contains("reading it ended the process");
        try (var files = Files.list(services.folder().resolve("state/rejected"))) {
            assertThat(files)
                    .singleElement()
                    .satisfies(answer -> assertThat(answer)
                            .content()
                            .contains("queryEndTime")
                            .endsWith("}"));
        }
        assertThat(services.store().number("SELECT count(*) FROM unreadable")).isZero();
        assertThat(services.store().number("SELECT count(*) FROM reading")).isZero();
        int before = ends.size();
        processes(3);
        assertThat(ends).hasSize(before);
        assertThat(services.store().backlog()).isEmpty();
        TimeRange gap = services.store().gaps().get(0);
        Instant settled = services.clock().now().minus(Duration.ofMinutes(40));
        List<String> truth = services.truth(OLDER, gap.from(), settled);
        truth.addAll(services.truth(gap.to(), services.store().progress(), settled));
        services.delivered().assertNoneLost(truth);
        services.delivered()
                .assertNoneTwice(services.truth(
                        OLDER, services.clock().now(), services.clock().now()));
    }

    @Test
    void badInstantInTheFreshWindowDelaysTwoPollsOnly() throws Exception {
        processes(1);
        fatal.add(services.clock().now().minus(Duration.ofMinutes(2)));
        processes(2);
        assertThat(ends).hasSize(2);
        List<Duration> behind = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            processes(1);
            behind.add(Duration.between(
                    services.store().progress(), services.clock().now()));
        }
        assertThat(behind.subList(1, 8)).allMatch(lag -> lag.toMinutes() < 7);
        assertThat(services.store().gaps()).hasSize(1);
        assertThat(services.store().number("SELECT count(*) FROM unreadable")).isZero();
    }

    @Test
    void oneEndOfTheProcessDuringAReadChangesNothing() throws Exception {
        processes(1);
        for (int i = 0; i < 3; i++) {
            fatal.add(services.clock().now().minus(Duration.ofMinutes(2)));
            processes(1);
            fatal.clear();
            processes(1);
        }
        assertThat(ends).hasSize(3);
        assertThat(services.store().gaps()).isEmpty();
        assertThat(services.store().number("SELECT count(*) FROM unreadable")).isZero();
        assertThat(services.reads()).allMatch(window -> window.purpose() == Purpose.POLL);
        services.assertEverythingLandedOnce();
    }

    @Test
    void processThatEndsInEveryReadLeavesAllTimeDue() throws Exception {
        processes(1);
        for (long second = -3_600; second < 5 * 3_600; second += 20) {
            fatal.add(services.clock().now().plusSeconds(second));
        }
        processes(12);
        assertThat(ends).hasSize(12);
        assertThat(services.store().gaps()).isEmpty();

        fatal.clear();
        processes(3);
        assertThat(services.store().gaps()).isEmpty();
        assertThat(services.store().backlog()).isEmpty();
        services.assertEverythingLandedOnce();
    }

    @Test
    void killsAtTheSameInstantMakeAGapAfterFourAttempts() throws Exception {
        Instant at = OLDER.plusSeconds(1_234);
        fatal.add(at);
        services.with("tap.poll.start", OLDER.toString());
        int kills = 0;
        for (int i = 0; i == 0 || i < 30 && services.store(state).gaps().isEmpty(); i++) {
            killed = "state" + i;
            processes(1);
            if (Files.exists(services.folder().resolve(killed))) {
                kills++;
                state = killed;
                services.stateIn(state);
            }
        }
        assertThat(kills).isBetween(9, 14);
        assertThat(services.store(state).gaps())
                .singleElement()
                .matches(gap -> !at.isBefore(gap.from()) && !at.isAfter(gap.to()))
                .matches(gap -> gap.length().toSeconds() <= 30);
        assertThat(services.store(state).number("SELECT count(*) FROM gap WHERE reason LIKE '%(4 attempts)%'"))
                .isEqualTo(1);
    }

    /** Runs this many processes, one poll each, five minutes apart. */
    private void processes(int count) throws Exception {
        for (int i = 0; i < count; i++) {
            program = services.onError(this::end).start(new Parts() {
                @Override
                protected WindowAttempts attempts(RunContext run, SeenKeys seen, SourceState tap, ReadListener reads) {
                    return new WindowAttempts(seen, tap, List.of(), run.clock(), run.stop(), reads, run.internal()) {
                        @Override
                        WindowRead newRead(DueRead due, Instant readAt) {
                            return reading(due, readAt, seen);
                        }
                    };
                }
            });
            program.pollWithTimeLeft().stop();
            services.clock().advance(Duration.ofMinutes(5));
        }
    }

    private WindowRead reading(DueRead due, Instant readAt, SeenKeys seen) {
        TimeRange window = due.window();
        boolean ending = fatal.stream().anyMatch(at -> !at.isBefore(window.from()) && !at.isAfter(window.to()));
        return new WindowRead(due, readAt, seen, () -> false) {
            @Override
            public Iterator<TapEvent> events(Iterator<TapEvent> answer, UnroutedElements unknown) {
                read.add(window);
                return super.events(ending ? new Ending(EndingAnswersIT.this::kill) : answer, unknown);
            }
        };
    }

    /** Leaves what a process leaves that ends here: nothing more is read or written. */
    private void end(Error error) {
        ends.add(error);
        program.program().stop();
    }

    private void kill() {
        try {
            if (killed != null) {
                services.copyState(state, killed);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private record Ending(Runnable before) implements Iterator<TapEvent> {
        @Override
        public boolean hasNext() {
            before.run();
            throw new OutOfMemoryError("for a test");
        }

        @Override
        public TapEvent next() {
            throw new OutOfMemoryError("for a test");
        }
    }
}
