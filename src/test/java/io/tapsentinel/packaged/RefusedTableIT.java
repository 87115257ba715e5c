package io.tapsentinel.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.event.EventType;
import io.tapsentinel.testing.ConcurrentCases;
import io.tapsentinel.testing.LiveServices;
import io.tapsentinel.testing.PackagedProgram;
import io.tapsentinel.testing.ScriptedServer.Step;
import io.tapsentinel.testing.ScriptedServices;
import io.tapsentinel.testing.StoreCopy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.regex.MatchResult;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * One table refuses for minutes, with {@code kill -9} in the middle: the other tables' rows land at each poll, its own after it
 * recovers. {@code -Dtapsentinel.refused=PT10M} makes it longer.
 */
@Tag("full")
class RefusedTableIT extends PackagedFixture {

    private static final EventType REFUSED = EventType.MESSAGES_DELIVERED;
    private static final Duration LENGTH = Duration.parse(System.getProperty("tapsentinel.refused", "PT3M"));
    private static final Duration SETTLE = Duration.ofMinutes(1);
    /** A poll every two seconds, a probe of 20 seconds, a restart after a kill, and four other programs on the machine. */
    private static final Duration ONE_POLL = Duration.ofSeconds(70);

    enum How {
        FORBIDDEN_403,
        MALFORMED_400,
        TOO_LARGE_413,
        BROKEN_500,
        SILENT
    }

    @TestFactory
    Stream<DynamicTest> theOthersGoOnAndItsOwnRowsArriveOnceItAcceptsAgain() {
        return ConcurrentCases.run(
                cases().size(), LENGTH.multipliedBy(2).plusMinutes(8), cases(), How::name, this::refused);
    }

    List<How> cases() {
        return List.of(How.values());
    }

    private void refused(How how) throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        try (ScriptedServices services = new ScriptedServices(1_200, Duration.ofMinutes(30))) {
            services.sink()
                    .script(call -> call.target().contains(REFUSED.table()) && over.getCount() > 0
                            ? refusal(how, over)
                            : services::store);
            Instant end = Instant.now().plus(LENGTH);
            PackagedProgram.Launch launch = services.launch(folder.resolve(how.name()));
            Instant suspended;
            List<MatchResult> committed = new ArrayList<>();
            try (PackagedProgram program = launch.start()) {
                program.awaitLine(REFUSED.table() + ": suspended", Duration.ofMinutes(4));
                suspended = Instant.now();
                program.awaitMoreCommitted(3);
                program.kill();
                committed.addAll(program.found(LiveServices.COMMITTED));
            }
            services.deliveries().nextLife();
            try (PackagedProgram program = launch.start()) {
                program.awaitThat(
                        "it is over",
                        LENGTH.plusMinutes(4),
                        () -> Instant.now().isAfter(end)
                                && !program.found(LiveServices.COMMITTED).isEmpty());
                Duration latest = latestOfTheOthers(services.live(), suspended);
                over.countDown();
                Instant accepted = Instant.now();
                // no pause between probes is much longer than all before it
                program.awaitLine(REFUSED.table() + ": suspension ended", LENGTH.plusMinutes(2));
                program.awaitThat("nothing is deferred", Duration.ofMinutes(2), () -> isCaughtUp(launch.work()));
                Duration caughtUp = Duration.between(accepted, Instant.now());
                int events = services.live()
                        .assertThatNothingIsLost(
                                () -> Stream.concat(committed.stream(), program.found(LiveServices.COMMITTED).stream())
                                        .toList());
                program.kill();
                int twice = services.assertThatDuplicatesAreListed(launch.work());
                System.out.printf(
                        "one table %s for %d min: 0 of %d events lost, %d twice, all of them listed; the other tables' rows at most %d s"
                                + " after TAP had them, %d s of which a window waits; its own complete %d s after it accepted again%n",
                        how,
                        LENGTH.toMinutes(),
                        events,
                        twice,
                        latest.toSeconds(),
                        SETTLE.toSeconds(),
                        caughtUp.toSeconds());
                assertThat(latest).isLessThan(SETTLE.plus(ONE_POLL));
            }
        }
    }

    private static Step refusal(How how, CountDownLatch over) {
        return switch (how) {
            case FORBIDDEN_403 -> call -> SinkFault.refuse(call, 403, "OperationFailed", "");
            case MALFORMED_400 -> call -> SinkFault.refuse(call, 400, "InvalidStream", "");
            case TOO_LARGE_413 -> call -> SinkFault.refuse(call, 413, "ContentLengthLimitExceeded", "");
            case BROKEN_500 -> call -> SinkFault.refuse(call, 500, "InternalServerError", "");
            case SILENT -> call -> over.await();
        };
    }

    /** How long rows of the other tables took since the suspension began. */
    private static Duration latestOfTheOthers(LiveServices live, Instant suspended) {
        Instant now = Instant.now();
        Map<String, Instant> landed = Map.copyOf(live.tables().landedAt());
        return live.created(suspended.minus(SETTLE), now.minus(SETTLE)).entrySet().stream()
                .filter(event -> !event.getKey().startsWith(REFUSED.arrayName()))
                .map(event -> Duration.between(event.getValue(), landed.getOrDefault(event.getKey(), now)))
                .max(Comparator.naturalOrder())
                .orElseThrow();
    }

    private static boolean isCaughtUp(Path work) throws Exception {
        try (StoreCopy store = StoreCopy.of(work)) {
            return store.count("deferred") + store.count("table_backlog") + store.count("suspended") == 0;
        }
    }
}
